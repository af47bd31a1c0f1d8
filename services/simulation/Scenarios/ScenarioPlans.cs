using System.Collections.Concurrent;
using Contracts.Scenarios;
using Npgsql;
using ServiceDefaults;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>
/// Plans of running scenarios, the same in every process: model and definition from the request, and the inputs as they were read once. The
/// log is not read again, because an append that was under way then may have become visible since.
/// </summary>
sealed class ScenarioPlans(NpgsqlDataSource source, FindModel models)
{
    // Shards of a few scenarios are under way at a time; a plan is made again in a moment.
    const int Most = 8;

    readonly ConcurrentDictionary<string, ScenarioPlan> plans = new();

    /// <summary>Keeps a plan that is at hand.</summary>
    public void Keep(string scenarioId, ScenarioPlan plan)
    {
        if (plans.Count >= Most) plans.Clear();
        plans[scenarioId] = plan;
    }

    public async Task<ScenarioPlan> Get(ScenarioView scenario, CancellationToken cancel)
    {
        if (plans.TryGetValue(scenario.Id, out var known)) return known;
        await using var command = source.CreateCommand($"select inputs from {ReadModels.Scenario} where scenario_id = $1");
        command.Parameters.Add(new() { Value = scenario.Id });
        var inputs = PackedJson.Unpack<RecordedInputs>(
            await command.ExecuteScalarAsync(cancel) as byte[] ?? throw new NotFoundException("inputs of scenario", scenario.Id));
        var plan = new ScenarioPlan(await models.Run(scenario.AssetId, scenario.ModelHash, cancel), scenario.Definition, inputs);
        Keep(scenario.Id, plan);
        return plan;
    }
}

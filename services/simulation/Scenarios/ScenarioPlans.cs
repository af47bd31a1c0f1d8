using System.Collections.Concurrent;
using Contracts.Scenarios;
using Npgsql;
using ServiceDefaults;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>
/// Plans of running scenarios, identical in every process: model and definition come from the request, the inputs are read once and stored.
/// The log is not read again, because an append in progress at that time may have become visible since.
/// </summary>
sealed class ScenarioPlans(NpgsqlDataSource source, FindModel models)
{
    // Only a few scenarios have running shards at a time, and a plan is quickly recreated.
    const int Most = 8;

    readonly ConcurrentDictionary<string, ScenarioPlan> plans = new();

    /// <summary>Caches a plan.</summary>
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

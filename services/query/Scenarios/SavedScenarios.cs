using System.Text.Json;
using Contracts.Scenarios;
using Npgsql;
using Query.Registry;
using ServiceDefaults;

namespace Query.Scenarios;

/// <summary>Scenarios and results in schema <c>simulation</c>.</summary>
sealed class SavedScenarios(NpgsqlDataSource source, LiveScenarios live, KnownAssets assets)
{
    /// <summary>The view, and the mean progress of the shards of a running scenario.</summary>
    public const string Columns = $"s.view, (select avg(h.progress) from {ReadModels.ScenarioShard} h where h.scenario_id = s.scenario_id)";

    /// <summary>True if the scenario cannot change any more.</summary>
    public static bool IsFinal(ScenarioView scenario) => scenario.State is "completed" or "failed" or "cancelled";

    public static ScenarioView Read(NpgsqlDataReader row)
    {
        var view = JsonSerializer.Deserialize<ScenarioView>(row.GetString(0), JsonSerializerOptions.Web)!;
        return row.IsDBNull(1) || IsFinal(view) ? view : view with { Progress = Math.Max(view.Progress, row.GetDouble(1)) };
    }

    /// <exception cref="NotFoundException">No such scenario.</exception>
    public async Task<ScenarioView> Get(string id, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select {Columns} from {ReadModels.Scenario} s where s.scenario_id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        // A scenario just requested may not be in the table yet.
        var scenario = await reader.ReadAsync(cancel) ? LiveScenarios.Newer(Read(reader), live.Find(id)) : live.Find(id)
            ?? throw new NotFoundException("scenario", id);
        assets.Guard(scenario.AssetId, "scenario", id);
        return scenario;
    }

    /// <summary>The result of a completed scenario as stored; see <see cref="PackedJson"/>.</summary>
    /// <exception cref="RuleViolationException">It is not completed.</exception>
    /// <exception cref="NotFoundException">The result was deleted.</exception>
    public async Task<byte[]> Result(ScenarioView scenario, CancellationToken cancel)
    {
        RequireCompleted(scenario);
        await using var command = source.CreateCommand($"select data from {ReadModels.ScenarioResult} where content_hash = $1");
        command.Parameters.Add(new() { Value = scenario.ContentHash! });
        return await command.ExecuteScalarAsync(cancel) as byte[]
            ?? throw new NotFoundException("stored result any more (asking the same question again restores it) for scenario", scenario.Id);
    }

    /// <exception cref="RuleViolationException">It is not completed.</exception>
    public static void RequireCompleted(ScenarioView scenario)
    {
        if (scenario.State != "completed")
            throw new RuleViolationException(
                $"Scenario '{scenario.Id}' is {scenario.State}{(scenario.Reason is null ? "" : $": {scenario.Reason}")}; only a completed "
                    + "one has a result.");
    }
}

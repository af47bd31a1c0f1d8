using Contracts.Events;
using Contracts.Messages;
using Contracts.Scenarios;
using MassTransit;
using Npgsql;
using ServiceDefaults;
using Simulation.Results;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>
/// Counts finished shards and merges the result after the last one. The scenario's row is locked meanwhile: if several processes learn of
/// the last shards at the same time, one merges and the others find it done.
/// </summary>
sealed partial class MergeShards(ScenarioStore store, ScenarioPlans plans, TimeProvider time, ILogger<MergeShards> logger)
{
    public Task Run(ScenarioShardFinished message, CancellationToken cancel) => store.Change(message.ScenarioId, async locked =>
    {
        if (locked.View is not { State: FoldScenario.Running } scenario) return [];
        if (message.Cause is not null) return FailScenario.Decide(scenario, message.Cause, message.Reason ?? "", time.GetUtcNow());
        var (finished, all) = await Count(locked, cancel);
        if (finished < all) return DecideProgress(scenario, finished, all, time.GetUtcNow());
        return await Merge(scenario, locked, cancel);
    }, cancel);

    /// <summary>An event for each completed quarter only.</summary>
    internal static IReadOnlyList<object> DecideProgress(ScenarioView scenario, long finished, long all, DateTimeOffset now)
    {
        var quarters = Math.Floor(4.0 * finished / all) / 4;
        return quarters > scenario.Progress && quarters < 1 ? [new ScenarioProgressed(scenario.Id, quarters, (int)finished, now)] : [];
    }

    /// <summary>The event that completes a scenario with a result.</summary>
    internal static ScenarioCompleted Completed(
        string id, string contentHash, ScenarioResult result, bool wasStored, DateTimeOffset startedAt, DateTimeOffset now) => new(
        id, contentHash, result.Provenance.LogPosition, result.Provenance.ModelHash,
        [.. result.Kpis.Select(
            k => new KpiSummary(k.Id, k.Unit, k.Baseline.P50, k.Scenario.P50, k.Difference.P5, k.Difference.P50, k.Difference.P95))],
        result.Warnings, wasStored, (now - startedAt).TotalSeconds, now);

    async Task<IReadOnlyList<object>> Merge(ScenarioView scenario, LockedScenario locked, CancellationToken cancel)
    {
        using var activity = Measures.Traces.StartActivity("merge scenario");
        activity?.SetTag("pollux.scenario", scenario.Id);
        try
        {
            var plan = await plans.Get(scenario, cancel);
            var result = plan.Merge(await Data(locked, cancel));
            await ResultStore.Save(locked.Connection, scenario.ContentHash!, result, time.GetUtcNow(), cancel);
            return [Completed(scenario.Id, scenario.ContentHash!, result, wasStored: false, scenario.StartedAt!.Value, time.GetUtcNow())];
        }
        catch (ScenarioFailedException e)
        {
            return FailScenario.Decide(scenario, "solver", e.Message, time.GetUtcNow());
        }
        catch (Exception e) when (e is not (OperationCanceledException or NpgsqlException or TimeoutException))
        {
            // Deterministic: every retry would fail too.
            LogUnexpected(e, scenario.Id);
            return FailScenario.Decide(scenario, "internal", Errors.Meaning(e).Detail, time.GetUtcNow());
        }
    }

    static async Task<(long Finished, long All)> Count(LockedScenario locked, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select count(data), count(*) from {ReadModels.ScenarioShard} where scenario_id = $1", locked.Connection);
        command.Parameters.Add(new() { Value = locked.View!.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    static async Task<List<byte[]>> Data(LockedScenario locked, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select data from {ReadModels.ScenarioShard} where scenario_id = $1 order by shard", locked.Connection);
        command.Parameters.Add(new() { Value = locked.View!.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<byte[]> shards = [];
        while (await reader.ReadAsync(cancel)) shards.Add(reader.GetFieldValue<byte[]>(0));
        return shards;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Merging scenario {Id} failed")]
    partial void LogUnexpected(Exception exception, string id);
}

/// <summary>Consumes messages about finished shards.</summary>
sealed class ScenarioShardFinishedConsumer(MergeShards merge) : IConsumer<ScenarioShardFinished>
{
    public Task Consume(ConsumeContext<ScenarioShardFinished> context) => merge.Run(context.Message, context.CancellationToken);
}

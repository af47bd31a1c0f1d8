using Contracts.Events;
using Contracts.Messages;
using Contracts.Scenarios;
using MassTransit;
using Npgsql;
using ServiceDefaults;
using Simulation.Results;
using TwinModel.Assets;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>
/// Handles a request: reads the inputs, checks for a stored result, then dispatches the shards. Each step is committed before the next, so
/// a redelivered request continues where the process died.
/// </summary>
sealed class StartScenario(
    ScenarioStore store, ResultStore results, FindModel models, ReadInputs inputs, ScenarioPlans plans, NpgsqlDataSource source,
    TimeProvider time)
{
    /// <summary>The shards to compute; empty if there is nothing to do.</summary>
    public async Task<IReadOnlyList<int>> Run(RequestScenario request, Caller caller, CancellationToken cancel)
    {
        if (await store.Change(request.ScenarioId, known => Decide(known, request), cancel, caller) is not { } scenario
            || scenario.IsFinal())
            return [];
        if (scenario.State == FoldScenario.Running && await Dealt(scenario.Id, cancel) is { Count: > 0 } dealt) return dealt;

        using var activity = Measures.Traces.StartActivity("start scenario");
        activity?.SetTag("pollux.asset", scenario.AssetId).SetTag("pollux.scenario", scenario.Id);
        ScenarioPlan plan;
        RecordedInputs recorded;
        try
        {
            var model = await models.Run(scenario.AssetId, scenario.ModelHash, cancel);
            recorded = await inputs.Run(model, scenario.Definition, cancel);
            plan = new(model, scenario.Definition, recorded);
        }
        catch (Exception e) when (e is InvalidScenarioException or InvalidModelException)
        {
            await store.Change(scenario.Id, known => FailScenario.Decide(known, "invalid", e.Message, time.GetUtcNow()), cancel);
            return [];
        }
        catch (Exception e) when (!Errors.Meaning(e).Retry && e is not (NotFoundException or OperationCanceledException))
        {
            // This is not retried, so fail the scenario rather than let the client wait forever. The error queue informs the operator.
            var reason = $"The inputs could not be read ({e.GetType().Name}).";
            await store.Change(scenario.Id, known => FailScenario.Decide(known, "internal", reason, time.GetUtcNow()), cancel);
            throw;
        }
        var hash = ScenarioIdentity.Hash(scenario.Definition, scenario.ModelHash, recorded);
        if (await results.Find(hash, cancel) is { } stored)
        {
            await store.Change(scenario.Id, known => DecideStored(known, stored, hash, recorded.Hash, time.GetUtcNow()), cancel);
            return [];
        }
        plans.Keep(scenario.Id, plan);
        IReadOnlyList<int> shards = [.. Enumerable.Range(0, plan.Shards)];
        var started = await store.Change(scenario.Id, async locked =>
        {
            if (locked.View is null || locked.View.IsFinal()) return [];
            await Deal(locked, recorded, shards, cancel);
            // After a restore from the log, the scenario is already running but its shards are lost.
            return locked.View.State == FoldScenario.Requested
                ? [new ScenarioStarted(scenario.Id, hash, recorded.Hash, shards.Count, time.GetUtcNow())]
                : [];
        }, cancel);
        return started?.State == FoldScenario.Running ? shards : [];
    }

    /// <summary>A request is accepted only once.</summary>
    internal static IReadOnlyList<object> Decide(ScenarioView? known, RequestScenario request) => known is not null ? [] :
        [new ScenarioRequested(
            request.ScenarioId, request.Definition.AssetId, request.Name, request.ModelId, request.ModelHash, request.Definition,
            request.RequestedAt)];

    /// <summary>Completes a scenario at once with the result of an earlier one with the same content.</summary>
    internal static IReadOnlyList<object> DecideStored(
        ScenarioView? known, ScenarioResult stored, string contentHash, string inputsHash, DateTimeOffset now) =>
        known is null || known.IsFinal()
            ? []
            : [new ScenarioStarted(known.Id, contentHash, inputsHash, 0, now),
                MergeShards.Completed(known.Id, contentHash, stored, wasStored: true, now, now)];

    static async Task Deal(LockedScenario locked, RecordedInputs recorded, IReadOnlyList<int> shards, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(locked.Connection);
        batch.BatchCommands.Add(
            new($"insert into {ReadModels.ScenarioShard} (scenario_id, shard, progress) select $1, n, 0 from unnest($2::int[]) n on "
                + "conflict do nothing")
            {
                Parameters = { new() { Value = locked.View!.Id }, new() { Value = shards.ToArray() } },
            });
        batch.BatchCommands.Add(new($"update {ReadModels.Scenario} set inputs = $2 where scenario_id = $1")
        {
            Parameters = { new() { Value = locked.View.Id }, new() { Value = PackedJson.Pack(recorded) } },
        });
        await batch.ExecuteNonQueryAsync(cancel);
    }

    // Includes stored shards: the completion message may have been lost.
    async Task<List<int>> Dealt(string scenarioId, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"select shard from {ReadModels.ScenarioShard} where scenario_id = $1 order by shard");
        command.Parameters.Add(new() { Value = scenarioId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<int> shards = [];
        while (await reader.ReadAsync(cancel)) shards.Add(reader.GetInt32(0));
        return shards;
    }
}

/// <summary>Consumes scenario requests.</summary>
sealed class RequestScenarioConsumer(StartScenario start) : IConsumer<RequestScenario>
{
    public async Task Consume(ConsumeContext<RequestScenario> context)
    {
        var shards = await start.Run(context.Message, context.SentBy(), context.CancellationToken);
        if (shards.Count > 0) await context.SendShards(context.Message.ScenarioId, shards, context.CancellationToken);
    }
}

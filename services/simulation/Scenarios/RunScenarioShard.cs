using System.Diagnostics;
using System.Text.Json;
using Contracts.Messages;
using Contracts.Scenarios;
using MassTransit;
using Npgsql;
using ServiceDefaults;
using Simulation.Scenarios;
using TwinModel.Scenarios;
using TwinModel.Solvers;

namespace Simulation.Scenarios;

/// <summary>
/// Computes a shard of a scenario and stores it. If the process dies, the message goes to another one; a stored shard is not computed
/// again.
/// </summary>
sealed partial class RunScenarioShardConsumer(
    NpgsqlDataSource source, ScenarioStore store, ScenarioPlans plans, TimeProvider time,
    ILogger<RunScenarioShardConsumer> logger) : IConsumer<RunScenarioShard>
{
    static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    public async Task Consume(ConsumeContext<RunScenarioShard> context)
    {
        var (shard, cancel) = (context.Message, context.CancellationToken);
        if (await Find(shard, cancel) is not var (scenario, isStored)) return;
        var finished = new ScenarioShardFinished(shard.ScenarioId, shard.Shard, null, null);
        try
        {
            if (!isStored)
            {
                if (await Compute(scenario, shard, cancel) is not { } data) return;
                await Save(shard, data, cancel);
            }
        }
        catch (SolverException e)
        {
            finished = finished with { Cause = "solver", Reason = e.Message };
        }
        catch (InvalidScenarioException e)
        {
            finished = finished with { Cause = "invalid", Reason = e.Message };
        }
        catch (Exception e) when (e is not (OperationCanceledException or NpgsqlException or TimeoutException or NotFoundException))
        {
            // Deterministic: every retry would fail too.
            LogUnexpected(e, shard.Shard, shard.ScenarioId);
            finished = finished with { Cause = "internal", Reason = Errors.Meaning(e).Detail };
        }
        await context.SendToScenarios(finished, cancel);
    }

    /// <summary>The shard's bytes; null if the scenario ended meanwhile.</summary>
    async Task<byte[]?> Compute(ScenarioView scenario, RunScenarioShard shard, CancellationToken cancel)
    {
        var plan = await plans.Get(scenario, cancel);
        using var activity = Measures.Traces.StartActivity("run shard");
        activity?.SetTag("pollux.scenario", shard.ScenarioId).SetTag("pollux.shard", shard.Shard);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var (started, progress) = (time.GetTimestamp(), 0.0);
        Measures.Running.Add(1);
        try
        {
            // On its own thread: pool threads are few and have messages to handle.
            var run = Task.Factory.StartNew(
                () => plan.RunShard(shard.Shard, share => Volatile.Write(ref progress, share), ended.Token), ended.Token,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
            while (await Task.WhenAny(run, Task.Delay(TellEvery, time, cancel)) != run)
            {
                if (!await Tell(scenario, shard, Volatile.Read(ref progress), cancel)) await ended.CancelAsync();
            }
            var data = await run;
            Measures.Shards.Add(1);
            Measures.ShardDuration.Record(time.GetElapsedTime(started).TotalSeconds);
            return data;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            Measures.Running.Add(-1);
        }
    }

    /// <summary>Stores and publishes the progress; false if the scenario has ended.</summary>
    async Task<bool> Tell(ScenarioView scenario, RunScenarioShard shard, double progress, CancellationToken cancel)
    {
        try
        {
            await using var command = source.CreateCommand($"""
                with told as (update {ReadModels.ScenarioShard} set progress = $3 where scenario_id = $1 and shard = $2 and data is null)
                select s.view, (select avg(case when h.shard = $2 then $3 else h.progress end) from {ReadModels.ScenarioShard} h where h.scenario_id = $1)
                from {ReadModels.Scenario} s where s.scenario_id = $1 and s.state = 'running'
                """);
            command.Parameters.AddRange(new NpgsqlParameter[]
            {
                new() { Value = shard.ScenarioId },
                new() { Value = shard.Shard },
                new() { Value = progress },
            });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            if (!await reader.ReadAsync(cancel) || reader.IsDBNull(1)) return false;
            var view = JsonSerializer.Deserialize<ScenarioView>(reader.GetString(0), JsonSerializerOptions.Web)!;
            await store.Publish(view with { Progress = Math.Max(view.Progress, reader.GetDouble(1)) }, cancel);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            LogNotTold(scenario.Id, e.Message);
            return true;
        }
    }

    async Task<(ScenarioView Scenario, bool IsStored)?> Find(RunScenarioShard shard, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select s.view, h.data is not null from {ReadModels.ScenarioShard} h join {ReadModels.Scenario} s using (scenario_id)
            where h.scenario_id = $1 and h.shard = $2 and s.state = 'running'
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = shard.ScenarioId }, new() { Value = shard.Shard } });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (JsonSerializer.Deserialize<ScenarioView>(reader.GetString(0), JsonSerializerOptions.Web)!, reader.GetBoolean(1))
            : null;
    }

    async Task Save(RunScenarioShard shard, byte[] data, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"update {ReadModels.ScenarioShard} set data = $3, progress = 1 where scenario_id = $1 and shard = $2 and data is null");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = shard.ScenarioId },
            new() { Value = shard.Shard },
            new() { Value = data },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Shard {Shard} of scenario {Id} failed")]
    partial void LogUnexpected(Exception exception, int shard, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The progress of scenario {Id} could not be published: {Reason}")]
    partial void LogNotTold(string id, string reason);
}

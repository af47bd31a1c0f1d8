using System.Text.Json;
using Contracts.Messages;
using Contracts.Scenarios;
using Marten;
using MassTransit;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>A scenario locked until the transaction ends.</summary>
/// <param name="View">Null if the scenario is not known yet.</param>
/// <param name="Connection">Connection of the transaction.</param>
sealed record LockedScenario(ScenarioView? View, NpgsqlConnection Connection);

/// <summary>
/// Scenarios and their events. Each change is one transaction that locks the scenario's row: changes by two processes are serialised, and
/// if a process dies, everything needed to continue is in the database.
/// </summary>
sealed partial class ScenarioStore(
    IDocumentStore store, NpgsqlDataSource source, IBus bus, TimeProvider time, IOptions<SimulationSettings> settings,
    ILogger<ScenarioStore> logger)
{
    static readonly TimeSpan LongestPublish = TimeSpan.FromSeconds(2);

    /// <summary>Appends the decided events and publishes the scenario.</summary>
    /// <returns>The scenario afterwards; null if there is none.</returns>
    public async Task<ScenarioView?> Change(
        string scenarioId, Func<LockedScenario, Task<IReadOnlyList<object>>> decide, CancellationToken cancel, Caller? caller = null)
    {
        ScenarioView? view;
        await using (var connection = await source.OpenConnectionAsync(cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            view = await Lock(connection, scenarioId, cancel);
            var before = view;
            var events = await decide(new(view, connection));
            if (events.Count == 0) return view;
            view = events.Aggregate(view, FoldScenario.Apply)!;
            await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
            session.Stamp(caller);
            session.Events.Append(Streams.Scenario(scenarioId), view.Version, events);
            await session.SaveChangesAsync(cancel);
            await Save(connection, view, startsTime: before is null || before.StartedAt != view.StartedAt, cancel);
            await transaction.CommitAsync(cancel);
        }
        if (view.IsFinal())
        {
            Measures.Finished.Add(1, new("state", view.State), new("stored", view.WasStored));
            if (view.RunSeconds is { } seconds) Measures.Duration.Record(seconds);
        }
        await Publish(view, cancel);
        return view;
    }

    /// <summary>The same, for decisions that need only the scenario.</summary>
    public Task<ScenarioView?> Change(
        string scenarioId, Func<ScenarioView?, IReadOnlyList<object>> decide, CancellationToken cancel, Caller? caller = null) =>
        Change(scenarioId, locked => Task.FromResult(decide(locked.View)), cancel, caller);

    static async Task<ScenarioView?> Lock(NpgsqlConnection connection, string scenarioId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select view from {ReadModels.Scenario} where scenario_id = $1 for update", connection);
        command.Parameters.Add(new() { Value = scenarioId });
        return await command.ExecuteScalarAsync(cancel) is string view
            ? JsonSerializer.Deserialize<ScenarioView>(view, JsonSerializerOptions.Web)
            : null;
    }

    /// <summary>
    /// Writes the row; <paramref name="startsTime"/> restarts the time limit. A final scenario no longer needs its shards and inputs.
    /// </summary>
    public async Task Save(NpgsqlConnection connection, ScenarioView view, bool startsTime, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        var upsert = new NpgsqlBatchCommand($"""
            insert into {ReadModels.Scenario} as s (scenario_id, asset_id, state, requested_at, deadline, view) values ($1, $2, $3, $4, $5, $6)
            on conflict (scenario_id) do update set state = excluded.state, view = excluded.view,
                deadline = case when $7 then excluded.deadline else s.deadline end, inputs = case when $8 then null else s.inputs end
            """);
        upsert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = view.Id },
            new() { Value = view.AssetId },
            new() { Value = view.State },
            new() { Value = view.RequestedAt.UtcDateTime },
            new() { Value = (time.GetUtcNow() + settings.Value.TimeLimit).UtcDateTime },
            new() { Value = StorableText.Json(view), NpgsqlDbType = NpgsqlDbType.Jsonb },
            new() { Value = startsTime },
            new() { Value = view.IsFinal() },
        });
        batch.BatchCommands.Add(upsert);
        if (view.IsFinal())
            batch.BatchCommands.Add(
                new($"delete from {ReadModels.ScenarioShard} where scenario_id = $1") { Parameters = { new() { Value = view.Id } } });
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>How far the running scenarios are.</summary>
    public async Task<List<ShardsProgress>> Running(CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select s.scenario_id, sum(case when h.data is null then h.progress else 1 end), count(*)
            from {ReadModels.Scenario} s join {ReadModels.ScenarioShard} h using (scenario_id) where s.state = 'running'
            group by s.scenario_id
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<ShardsProgress> running = [];
        while (await reader.ReadAsync(cancel)) running.Add(new(reader.GetString(0), reader.GetDouble(1), (int)reader.GetInt64(2)));
        return running;
    }

    /// <summary>Scenarios past their deadline.</summary>
    public async Task<List<string>> Overdue(CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"select scenario_id from {ReadModels.Scenario} where state in ('requested', 'running') and deadline < $1");
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> overdue = [];
        while (await reader.ReadAsync(cancel)) overdue.Add(reader.GetString(0));
        return overdue;
    }

    /// <summary>Publishes the change to every query replica. Best effort: query reads the table if it receives nothing.</summary>
    public async Task Publish(ScenarioView view, CancellationToken cancel)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(LongestPublish);
            await bus.Publish(new ScenarioChanged(view), limit.Token);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            LogNotTold(view.Id, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The change of scenario {Id} could not be published: {Reason}")]
    partial void LogNotTold(string id, string reason);
}

using System.Text.Json;
using Contracts.Decisions;
using Contracts.Events;
using Contracts.Health;
using Marten;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Decisions;

namespace Simulation.Decisions;

/// <summary>Decisions and their events. Each change is one transaction that locks the decision's row.</summary>
sealed class DecisionStore(IDocumentStore store, NpgsqlDataSource source)
{
    static readonly string[] MaintenanceTypes = [EventLog.EventNames[typeof(ComponentReplaced)],
        EventLog.EventNames[typeof(FailureOccurred)]];

    /// <summary>Appends the events that follow from the decision's current state.</summary>
    /// <returns>The decision afterwards; null if there is none.</returns>
    public async Task<DecisionView?> Change(
        string decisionId, Func<DecisionView?, IReadOnlyList<object>> decide, CancellationToken cancel, Caller? caller = null)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        DecisionView? view = null;
        await using (var locked = new NpgsqlCommand(
            $"select view from {ReadModels.Decision} where decision_id = $1 for update", connection))
        {
            locked.Parameters.Add(new() { Value = decisionId });
            if (await locked.ExecuteScalarAsync(cancel) is string json) view = Read(json);
        }
        var events = decide(view);
        if (events.Count == 0) return view;
        view = events.Aggregate(view, FoldDecision.Apply)!;
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        session.Stamp(caller);
        session.Events.Append(Streams.Decision(decisionId), view.Version, events);
        await session.SaveChangesAsync(cancel);
        await Save(connection, view, cancel);
        await transaction.CommitAsync(cancel);
        return view;
    }

    /// <summary>Writes the decision's row.</summary>
    public static async Task Save(NpgsqlConnection connection, DecisionView view, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            insert into {ReadModels.Decision} (decision_id, asset_id, component, state, recommended_at, view) values ($1, $2, $3, $4, $5, $6)
            on conflict (decision_id) do update set state = excluded.state, view = excluded.view
            """, connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = view.Id },
            new() { Value = view.AssetId },
            new() { Value = view.Component },
            new() { Value = view.State },
            new() { Value = view.RecommendedAt.UtcDateTime },
            new() { Value = StorableText.Json(view), NpgsqlDbType = NpgsqlDbType.Jsonb },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Decisions without a known outcome.</summary>
    public async Task<List<DecisionView>> Open(string? assetId, string? component, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"select view from {ReadModels.Decision} where state <> 'closed' and ($1::text is null or asset_id = $1) and ($2::text is null "
                + "or component = $2)");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = (object?)assetId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)component ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<DecisionView> open = [];
        while (await reader.ReadAsync(cancel)) open.Add(Read(reader.GetString(0)));
        return open;
    }

    /// <summary>Replacements and failures of an asset's parts, in log order.</summary>
    public Task<List<object>> Maintenance(string assetId, CancellationToken cancel) => TwinEvents(assetId, MaintenanceTypes, cancel);

    /// <summary>A part's newest assessment up to a sample time; null if there is none.</summary>
    public async Task<HealthAssessed?> AssessedBy(string assetId, string component, DateTimeOffset at, CancellationToken cancel) =>
        (await TwinEvents(assetId, [EventLog.EventNames[typeof(HealthAssessed)]], cancel)).OfType<HealthAssessed>()
            .Where(a => a.Component == component && a.AssessedAt <= at).MaxBy(a => a.AssessedAt);

    /// <summary>A part's condition as saved by twin-state; null before its first reading.</summary>
    public async Task<HealthView?> Health(string assetId, string component, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select view from {ReadModels.Health} where asset_id = $1 and component = $2");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = assetId }, new() { Value = component } });
        return await command.ExecuteScalarAsync(cancel) is string json
            ? JsonSerializer.Deserialize<HealthView>(json, JsonSerializerOptions.Web)
            : null;
    }

    async Task<List<object>> TwinEvents(string assetId, string[] types, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select type, data from events.mt_events where stream_id = $1 and type = any($2) order by version");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = Streams.Twin(assetId) }, new() { Value = types } });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<object> events = [];
        while (await reader.ReadAsync(cancel))
            events.Add(EventLog.Read(reader.GetString(0), reader.GetString(1)));
        return events;
    }

    static DecisionView Read(string json) => JsonSerializer.Deserialize<DecisionView>(json, JsonSerializerOptions.Web)!;
}

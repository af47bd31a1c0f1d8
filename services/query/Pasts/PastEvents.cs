using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Contracts.Events;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;

namespace Query.Pasts;

/// <summary>Reads events about twins, other than readings, as of some time.</summary>
sealed class PastEvents(NpgsqlDataSource source)
{
    /// <summary>Events of the given types about assets' twins, in log order: all, or those that belong to a moment.</summary>
    public async IAsyncEnumerable<(string AssetId, object Data)> Of(
        IEnumerable<string> assetIds, IEnumerable<Type> types, PastMoment? moment, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select type, data, stream_id from events.mt_events where stream_id = any($1) and type = any($2) and seq_id <= $3 "
                + "order by seq_id");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetIds.Select(Streams.Twin).ToArray() },
            new() { Value = types.Select(t => EventLog.EventNames[t]).ToArray() },
            new() { Value = moment?.KnownAt ?? long.MaxValue },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var e = EventLog.Read(reader.GetString(0), reader.GetString(1));
            // What should not have been raised never was, as far as is known.
            if (moment is null || e is AlarmWithdrawn || HappenedAt(e) <= moment.Value.SampledUpTo)
                yield return (Streams.AssetOf(reader.GetString(2)), e);
        }
    }

    /// <summary>The events of a stream up to a log position, in order.</summary>
    public async Task<List<object>> OfStream(string stream, long knownAt, CancellationToken cancel) =>
        (await OfStreams([stream], knownAt, cancel)).GetValueOrDefault(stream, []);

    /// <summary>The events of streams up to a log position, in order; streams without any are left out.</summary>
    public async Task<Dictionary<string, List<object>>> OfStreams(IEnumerable<string> streams, long knownAt, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select type, data, stream_id from events.mt_events where stream_id = any($1) and seq_id <= $2 order by stream_id, version");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = streams.ToArray() }, new() { Value = knownAt } });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<string, List<object>> found = [];
        while (await reader.ReadAsync(cancel))
        {
            var e = EventLog.Read(reader.GetString(0), reader.GetString(1));
            (found.TryGetValue(reader.GetString(2), out var events) ? events : found[reader.GetString(2)] = []).Add(e);
        }
        return found;
    }

    /// <summary>The position of the first event of a stream; null when there is none.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <param name="member">Only an event with a value in this member.</param>
    /// <param name="value">The value; null: any event.</param>
    public async Task<long?> First(string stream, CancellationToken cancel, string member = "", string? value = null)
    {
        await using var command = source.CreateCommand(
            "select min(seq_id) from events.mt_events where stream_id = $1 and ($3::text is null or data ->> $2 = $3)");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = stream }, new() { Value = member },
            new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        });
        return await command.ExecuteScalarAsync(cancel) as long?;
    }

    /// <summary>When an event, as the log shows it, happened by its own account; null when it does not say.</summary>
    public static DateTimeOffset? HappenedAt(string type, JsonNode? data) =>
        data is not null && EventLog.Knows(type) ? HappenedAt(EventLog.Read(type, data.ToJsonString())) : null;

    /// <summary>When an event happened by its own account; null when it does not say.</summary>
    public static DateTimeOffset? HappenedAt(object e) => e switch
    {
        AlarmRaised raised => raised.RaisedAt,
        AlarmAcknowledged acknowledged => acknowledged.AcknowledgedAt,
        AlarmCleared cleared => cleared.ClearedAt,
        AlarmWithdrawn withdrawn => withdrawn.WithdrawnAt,
        AlarmShelved shelved => shelved.ShelvedAt,
        AlarmUnshelved unshelved => unshelved.UnshelvedAt,
        AlarmCommented commented => commented.CommentedAt,
        AlarmAssigned assigned => assigned.AssignedAt,
        ConditionChanged changed => changed.ChangedAt,
        HealthAssessed assessed => assessed.AssessedAt,
        ComponentReplaced replaced => replaced.ReplacedAt,
        FailureOccurred failed => failed.FailedAt,
        RelationshipAdded added => added.Since,
        RelationshipRemoved removed => removed.Until,
        _ => null,
    };
}

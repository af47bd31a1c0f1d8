using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Messages;
using Npgsql;
using ServiceDefaults;
using TwinModel.Twins;

namespace Query.Pasts;

/// <summary>Folds alarms as of some time from their events.</summary>
sealed class PastAlarms(NpgsqlDataSource source)
{
    static readonly Dictionary<string, Type> Types = new[] { typeof(AlarmRaised), typeof(AlarmAcknowledged), typeof(AlarmCleared) }
        .ToDictionary(t => EventLog.EventNames[t]);

    /// <summary>The alarms of an asset that were open.</summary>
    public async Task<AlarmBook> Open(string assetId, PastMoment moment, CancellationToken cancel)
    {
        var book = AlarmBook.Empty;
        await foreach (var e in Events([assetId], moment, cancel)) book = book.Apply(e);
        return book;
    }

    /// <summary>All alarms that assets had had, by id, each in its state at that moment.</summary>
    public async Task<Dictionary<string, AlarmView>> All(IEnumerable<string> assetIds, PastMoment moment, CancellationToken cancel)
    {
        Dictionary<string, AlarmView> alarms = [];
        var book = AlarmBook.Empty;
        await foreach (var e in Events(assetIds, moment, cancel))
        {
            if (book.After(e) is { } alarm) alarms[alarm.Id] = alarm;
            book = book.Apply(e);
        }
        return alarms;
    }

    async IAsyncEnumerable<object> Events(
        IEnumerable<string> assetIds, PastMoment moment,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select type, data from events.mt_events where stream_id = any($1) and type = any($2) and seq_id <= $3 order by seq_id");
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = assetIds.Select(Streams.Twin).ToArray() }, new() { Value = Types.Keys.ToArray() },
            new() { Value = moment.KnownAt },
        });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var e = JsonSerializer.Deserialize(reader.GetString(1), Types[reader.GetString(0)], JsonSerializerOptions.Web)!;
            if (HappenedAt(e) <= moment.ValidAt) yield return e;
        }
    }

    /// <summary>When an alarm event, as the log shows it, happened by sample time; null for other events.</summary>
    public static DateTimeOffset? HappenedAt(string type, JsonNode? data) =>
        Types.TryGetValue(type, out var known) ? HappenedAt(data.Deserialize(known, JsonSerializerOptions.Web)!) : null;

    static DateTimeOffset HappenedAt(object e) => e switch
    {
        AlarmRaised raised => raised.RaisedAt,
        AlarmAcknowledged acknowledged => acknowledged.AcknowledgedAt,
        AlarmCleared cleared => cleared.ClearedAt,
        _ => DateTimeOffset.MaxValue,
    };
}

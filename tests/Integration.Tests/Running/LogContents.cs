using System.Text.Json;
using Contracts.Events;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests.Running;

/// <summary>The content of the event log, read without any service.</summary>
public sealed class LogContents(NpgsqlDataSource source)
{
    /// <summary>Every stored reading of an asset, in log order, including duplicates.</summary>
    public async Task<List<Reading>> Readings(string assetId)
    {
        List<Reading> readings = [];
        await foreach (var (_, batch) in Batches(assetId)) TelemetryCodec.Decode(batch, readings);
        return readings;
    }

    /// <summary>The encoded batches of an asset with their log positions.</summary>
    public async IAsyncEnumerable<(long Position, byte[] Batch)> Batches(string assetId)
    {
        await using var command = source.CreateCommand(
            "select seq_id, bdata from events.mt_events where starts_with(stream_id, $1) order by seq_id");
        command.Parameters.Add(new() { Value = $"telemetry/{assetId}/" });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) yield return (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
    }

    /// <summary>The rejections of an asset, in log order.</summary>
    public Task<List<ReadingsRejected>> Rejections(string assetId) => Events<ReadingsRejected>($"rejected/{assetId}/");

    /// <summary>Events of one type in all streams with a prefix, in log order.</summary>
    public async Task<List<T>> Events<T>(string prefix)
    {
        await using var command = source.CreateCommand(
            "select data from events.mt_events where starts_with(stream_id, $1) and type = $2 order by seq_id");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = prefix }, new() { Value = EventLog.EventNames[typeof(T)] } });
        await using var reader = await command.ExecuteReaderAsync();
        List<T> events = [];
        while (await reader.ReadAsync()) events.Add(JsonSerializer.Deserialize<T>(reader.GetString(0), JsonSerializerOptions.Web)!);
        return events;
    }

    /// <summary>Names of the events in all streams with a prefix, in log order.</summary>
    public async Task<List<string>> Names(string prefix)
    {
        await using var command = source.CreateCommand(
            "select type from events.mt_events where starts_with(stream_id, $1) order by seq_id");
        command.Parameters.Add(new() { Value = prefix });
        await using var reader = await command.ExecuteReaderAsync();
        List<string> names = [];
        while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>The highest position.</summary>
    public Task<long> Position() => new LogReader(source).Position();
}

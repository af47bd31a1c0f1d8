using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>Telemetry written straight into the event table, with the columns and in the order that ingest would give it.</summary>
sealed class FilledLog(NpgsqlDataSource source)
{
    const int Sensors = 12;

    static readonly double[] Levels = [160, 180, 190, 200, 200, 238, 82.1, 51, 80, 21.5, 9.82, 1.21];

    /// <summary>Each asset sends the readings of 12 sensors once a second; an event holds some seconds of them.</summary>
    /// <param name="assets">Ids of the assets; their events alternate.</param>
    /// <param name="events">Events of each asset.</param>
    /// <param name="secondsPerEvent">Seconds in an event.</param>
    /// <param name="from">Sample time of the first reading; events are recorded when their last reading is sampled.</param>
    /// <param name="cancel">Stops writing.</param>
    /// <returns>Number of readings.</returns>
    public async Task<long> Write(
        IReadOnlyList<string> assets, int events, int secondsPerEvent, DateTimeOffset from, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var position = await Next(connection, (long)assets.Count * events, cancel);
        await WriteStreams(
            connection, Enumerable.Range(0, events).Select(e => Streams.DayOf(RecordedAt(e))).CountBy(day => day)
                .SelectMany(day => assets.Select(asset => (Streams.Telemetry(asset, day.Key), (long)day.Value))), cancel);
        var (noise, readings, versions) = (new Random(11), new Reading[secondsPerEvent * Sensors], new Dictionary<string, long>());
        await using (var import = await connection.BeginBinaryImportAsync(
            "copy events.mt_events (seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, headers, "
                + "is_archived) from stdin (format binary)", cancel))
        {
            for (var e = 0; e < events; e++)
            {
                var at = from.AddSeconds((long)e * secondsPerEvent);
                var recordedAt = RecordedAt(e);
                foreach (var asset in assets)
                {
                    for (var i = 0; i < readings.Length; i++)
                        readings[i] = Sample(i / secondsPerEvent, at.AddSeconds(i % secondsPerEvent), noise);
                    var stream = Streams.Telemetry(asset, Streams.DayOf(recordedAt));
                    versions[stream] = versions.GetValueOrDefault(stream) + 1;
                    await import.StartRowAsync(cancel);
                    await import.WriteAsync(position++, NpgsqlDbType.Bigint, cancel);
                    await import.WriteAsync(EventIds.Of(stream, versions[stream]), NpgsqlDbType.Uuid, cancel);
                    await import.WriteAsync(stream, NpgsqlDbType.Varchar, cancel);
                    await import.WriteAsync(versions[stream], NpgsqlDbType.Bigint, cancel);
                    await import.WriteAsync("{}", NpgsqlDbType.Jsonb, cancel);
                    await import.WriteAsync(TelemetryCodec.Encode(readings), NpgsqlDbType.Bytea, cancel);
                    await import.WriteAsync("readings_recorded", NpgsqlDbType.Varchar, cancel);
                    await import.WriteAsync(recordedAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
                    await import.WriteAsync("*DEFAULT*", NpgsqlDbType.Varchar, cancel);
                    await import.WriteAsync("Contracts.Events.ReadingsRecorded, Contracts", NpgsqlDbType.Varchar, cancel);
                    await import.WriteAsync(Headers(asset, recordedAt, noise), NpgsqlDbType.Jsonb, cancel);
                    await import.WriteAsync(false, NpgsqlDbType.Boolean, cancel);
                }
            }
            await import.CompleteAsync(cancel);
        }
        await using var analyze = new NpgsqlCommand("vacuum (analyze) events.mt_events", connection) { CommandTimeout = 600 };
        await analyze.ExecuteNonQueryAsync(cancel);
        return (long)assets.Count * events * readings.Length;

        DateTimeOffset RecordedAt(int e) => from.AddSeconds((long)(e + 1) * secondsPerEvent - 1);
    }

    /// <summary>Of how many events one is of a message whose trace is kept, as deployed.</summary>
    public const int TracedEvery = 10;

    // A message came some milliseconds before it was recorded, and each has a trace of its own.
    static string Headers(string asset, DateTimeOffset recordedAt, Random noise)
    {
        var from = $"\"from\": [\"pollux/{asset}/senml@{Micros.From(recordedAt) - noise.Next(2_000, 12_000)}\"]";
        if (noise.Next(TracedEvery) > 0) return $"{{{from}}}";
        Span<byte> ids = stackalloc byte[24];
        noise.NextBytes(ids);
        return $"{{{from}, \"traceparent\": \"00-{Convert.ToHexStringLower(ids[..16])}-{Convert.ToHexStringLower(ids[16..])}-01\"}}";
    }

    static async Task WriteStreams(
        NpgsqlConnection connection, IEnumerable<(string Id, long Version)> streams, CancellationToken cancel)
    {
        var all = streams.ToList();
        await using var command = new NpgsqlCommand(
            "insert into events.mt_streams (id, version, timestamp, created, tenant_id, is_archived) select id, version, now(), now(), "
                + "'*DEFAULT*', false from unnest($1::text[], $2::bigint[]) as s (id, version)", connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = all.Select(s => s.Id).ToArray() }, new() { Value = all.Select(s => s.Version).ToArray() },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Bytes of the log's tables with their indexes.</summary>
    public async Task<long> Bytes(CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select pg_total_relation_size('events.mt_events') + pg_total_relation_size('events.mt_streams')");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    static Reading Sample(int sensor, DateTimeOffset at, Random noise) => new(
        (ushort)(sensor + 1), Micros.From(at), Math.Round(Levels[sensor] + noise.Next(-5, 6) * (Levels[sensor] < 20 ? 0.01 : 0.1), 2));

    // Services that append at the same time must not get the same positions.
    static async Task<long> Next(NpgsqlConnection connection, long count, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select setval('events.mt_events_sequence', nextval('events.mt_events_sequence') + $1) - $1", connection);
        command.Parameters.Add(new() { Value = count });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}

using Npgsql;
using NpgsqlTypes;
using Query.Assets;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Histories;

/// <summary>Readings of a stretch of sample time, from the log. Costs are those of everything recorded since then, because late data may be anywhere after.</summary>
sealed class ReadRaw(NpgsqlDataSource source, TimeProvider time)
{
    const int MostEvents = 5_000_000;

    // How far a device's clock may be ahead of ingest's: a sample of some time is recorded this much before it at the earliest.
    static readonly TimeSpan LargestLead = TimeSpan.FromHours(1);

    /// <exception cref="TooLargeException">Too much was recorded since.</exception>
    public async Task Run(RegisteredAsset asset, long from, long to, IReadOnlyDictionary<ushort, Downsample> sensors, CancellationToken cancel)
    {
        var earliest = Micros.ToTime(from) - LargestLead;
        if (earliest < asset.RegisteredAt) earliest = asset.RegisteredAt;
        var only = sensors.Count == 1 ? sensors.Keys.First() : (ushort?)null;
        List<Reading> readings = [];
        var events = 0;
        foreach (var stream in Streams.TelemetryBetween(asset.Id, earliest, time.GetUtcNow().AddDays(1)))
        {
            await using var command = source.CreateCommand("select bdata from events.mt_events where stream_id = $1 and timestamp >= $2 order by version");
            command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = stream }, new() { Value = earliest.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz } });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                if (++events > MostEvents) throw new TooLargeException("What was recorded since 'from'", MostEvents, "events");
                Add(reader.GetFieldValue<byte[]>(0), from, to, sensors, only, readings);
            }
        }
    }

    /// <summary>Adds a batch's readings of a stretch; a batch without any is skipped undecoded.</summary>
    public static void Add(byte[] batch, long from, long to, IReadOnlyDictionary<ushort, Downsample> sensors, ushort? only, List<Reading> scratch)
    {
        var range = TelemetryCodec.SampleRange(batch);
        if (range.Last < from || range.First >= to) return;
        scratch.Clear();
        TelemetryCodec.Decode(batch, scratch, only);
        foreach (var reading in scratch)
        {
            if (sensors.TryGetValue(reading.Sensor, out var history)) history.Add(reading);
        }
    }
}

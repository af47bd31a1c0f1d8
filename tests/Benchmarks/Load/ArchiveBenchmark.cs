using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Contracts.Events;
using Ingest.Seals;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>Readings in the event table and in the archive: what they take, and how fast they are read, in the same run.</summary>
static class ArchiveBenchmark
{
    const int Assets = 10;

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        foreach (var secondsPerEvent in new[] { 1, 10 })
        {
            var events = (int)(200_000 * settings.Scale / Assets / (secondsPerEvent == 1 ? 1 : 2));
            Report.Title(string.Create(CultureInfo.InvariantCulture,
                $"archive: {Assets} assets, {events} events of {12 * secondsPerEvent} readings each"));
            await using var bench = await BenchmarkDatabase.Create(settings, "archive", cancel);
            // All of it before today, which is not sealed.
            var from = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero)
                .AddSeconds(-(double)events * secondsPerEvent - 1);
            await new FilledLog(bench.Source).Write(
                [.. Enumerable.Range(0, Assets).Select(a => $"bench-{a}")], events, secondsPerEvent, from, cancel);
            await Measure(bench.Store, bench.Source, cancel);
        }
    }

    /// <summary>Seals and archives everything in a log.</summary>
    static async Task Measure(IDocumentStore store, NpgsqlDataSource source, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("pollux-bench-").FullName;
        var file = Path.Combine(folder, "key.pem");
        using (var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256))
            await File.WriteAllTextAsync(file, ecdsa.ExportPkcs8PrivateKeyPem(), cancel);
        var (log, reader) = (new SealedLog(source, TimeProvider.System), new LogReader(source));
        var streams = await Streams(source, cancel);
        await Read(reader, streams, cancel);
        var (readings, hotSeconds) = await Read(reader, streams, cancel);
        // Before it is sealed: the seals stay.
        var hotBytes = await Size(source, "events.mt_events", cancel);
        LogSealed seal;
        using (var key = SealKey.Read("key", file))
        {
            seal = (await new SealLog(
                store, source, reader, (_, _) => Task.CompletedTask, key, TimeProvider.System, NullLogger<SealLog>.Instance).Run(cancel))!;
        }
        Directory.Delete(folder, recursive: true);
        var (watch, blockBytes) = (Stopwatch.StartNew(), 0L);
        await foreach (var part in new MoveReadings(source, log).ToArchive(seal, isDry: false, cancel)) blockBytes += part.BlockBytes;
        var archiveSeconds = watch.Elapsed.TotalSeconds;
        await Read(reader, streams, cancel);
        var (coldReadings, coldSeconds) = await Read(reader, streams, cancel);
        if (coldReadings != readings) throw new InvalidOperationException($"{coldReadings} readings in the archive, {readings} before");
        Report.Figure("event table with indexes", hotBytes / (double)readings, "bytes/reading", "N2");
        Report.Goal(
            "archive with indexes", await Size(source, Archive.Table, cancel) / (double)readings, "bytes/reading", 2, isAtLeast: false);
        Report.Figure("  its blocks", blockBytes / (double)readings, "bytes/reading", "N2");
        Report.Figure(
            "  of which trace ids, one event in ten", (seal.Events - 1) * 24.0 / FilledLog.TracedEvery / readings, "bytes/reading", "N2");
        Report.Figure("archiving, read back and compared with the seals", readings / archiveSeconds, "readings/s");
        Report.Figure("reading the event table, decoded", readings / hotSeconds, "readings/s");
        Report.Figure("reading the archive, decoded", readings / coldSeconds, "readings/s");
        Report.Figure("  against the event table", hotSeconds / coldSeconds, "x", "N2");
    }

    static async Task<List<string>> Streams(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select id from events.mt_streams where starts_with(id, 'telemetry/') order by id");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> streams = [];
        while (await reader.ReadAsync(cancel)) streams.Add(reader.GetString(0));
        return streams;
    }

    static async Task<(long Readings, double Seconds)> Read(LogReader reader, List<string> streams, CancellationToken cancel)
    {
        var (began, count, readings) = (Stopwatch.GetTimestamp(), 0L, new List<Reading>());
        foreach (var stream in streams)
        {
            await foreach (var batch in reader.After(stream, 0, cancel))
            {
                readings.Clear();
                TelemetryCodec.Decode(batch.Batch, readings);
                count += readings.Count;
            }
        }
        return (count, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    static async Task<long> Size(NpgsqlDataSource source, string table, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select pg_total_relation_size('{table}')");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}

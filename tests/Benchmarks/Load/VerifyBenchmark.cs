using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Ingest.Seals;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Benchmarks.Load;

/// <summary>Sealing and verifying a day, compared with merely reading its rows.</summary>
static class VerifyBenchmark
{
    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        // An encoded reading takes some 5 bytes.
        await Run(settings, 12, (int)(1_000_000 * settings.Scale), 100, cancel);
        await Run(settings, 120, (int)(500_000 * settings.Scale), 100, cancel);
        await Run(settings, 12, (int)(500_000 * settings.Scale), (int)(100_000 * settings.Scale), cancel);
    }

    static async Task Run(Settings settings, int readings, int events, int streams, CancellationToken cancel)
    {
        Report.Title(string.Create(CultureInfo.InvariantCulture, $"verify: {events} events of {readings} readings in {streams} streams"));
        var database = $"verify_{Guid.NewGuid():N}";
        await using (var admin = NpgsqlDataSource.Create(settings.Postgres)) await Execute(admin, $"create database {database}", cancel);
        await using (var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            Database = database,
            CommandTimeout = 600,
        }))
        {
            using var store = DocumentStore.For(options =>
            {
                options.Connection(source);
                ServiceDefaults.EventLog.Configure(options, isDevelopment: true);
            });
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
            await Fill(source, readings, events, streams, cancel);
            await Measure(store, source, cancel);
        }
        await using (var admin = NpgsqlDataSource.Create(settings.Postgres))
            await Execute(admin, $"drop database {database} with (force)", cancel);
    }

    static async Task Fill(NpgsqlDataSource source, int readings, int events, int streams, CancellationToken cancel)
    {
        var payload = $"substring(decode(string_agg, 'hex') from 1 for {readings * 5})";
        await Execute(source, $$"""
            insert into events.mt_streams (id, type, version, timestamp, created, tenant_id, is_archived)
                select 'telemetry/bench-' || a || '/2026-01-01', null, {{events / streams}}, now(), now(), '*DEFAULT*', false
                from generate_series(0, {{streams - 1}}) a;
            insert into events.mt_events (
                seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, headers, is_archived)
                select i, gen_random_uuid(), 'telemetry/bench-' || i % {{streams}} || '/2026-01-01', (i - 1) / {{streams}} + 1, '{}',
                    (select {{payload}} from (
                        select string_agg(md5(i::text || k), '') from generate_series(0, {{readings * 5 / 16}}) k) as hex),
                    'readings_recorded', now(), '*DEFAULT*', 'Contracts.Events.ReadingsRecorded, Contracts',
                    jsonb_build_object('traceparent', '00-' || md5(i::text) || '-b7ad6b7169203331-01'), false
                from generate_series(1, {{events}}) i;
            select setval('events.mt_events_sequence', {{events}});
            analyze events.mt_events;
            """, cancel);
    }

    /// <summary>Seals everything in a log and verifies it.</summary>
    public static async Task Measure(IDocumentStore store, NpgsqlDataSource source, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("pollux-bench-").FullName;
        var file = Path.Combine(folder, "key.pem");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
            await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem(), cancel);
        var (log, time) = (new SealedLog(source, TimeProvider.System), TimeProvider.System);
        await using var command = source.CreateCommand("select pg_relation_size('events.mt_events')");
        var table = (long)(await command.ExecuteScalarAsync(cancel))! / 1e9;

        // Twice, so that the first pass warms up caches and code.
        var (read, verify) = (0.0, 0.0);
        var sealing = Stopwatch.StartNew();
        using (var key = SealKey.Read("key", file))
        {
            await new SealLog(
                store, source, new LogReader(source), (_, _) => Task.CompletedTask, key, time, NullLogger<SealLog>.Instance).Run(cancel);
        }
        var seal = sealing.Elapsed.TotalSeconds;
        using var process = Process.GetCurrentProcess();
        VerifiedDay? day = null;
        for (var pass = 0; pass < 2; pass++)
        {
            var watch = Stopwatch.StartNew();
            var rows = 0L;
            await foreach (var e in log.Events(0, long.MaxValue, null, cancel)) rows++;
            read = watch.Elapsed.TotalSeconds;
            watch.Restart();
            var verifying = new VerifySeals(log, SealKeys.Read("keys", folder));
            await foreach (var verified in verifying.Days(null, null, null, cancel)) day = verified;
            verify = watch.Elapsed.TotalSeconds;
            if (day is null || day.Faults.Count > 0) throw new InvalidOperationException($"The day is not intact: {day?.Faults[0]}");
        }
        Directory.Delete(folder, recursive: true);
        var canonical = day!.Bytes / 1e9;
        Report.Figure("canonical bytes per event", day.Bytes / (double)day.Events, "bytes");
        Report.Figure("merely reading the rows", canonical / read * 60, "GB/min of canonical bytes", "N2");
        Report.Goal("verify", canonical / verify * 60, "GB/min of canonical bytes", 1, isAtLeast: true);
        Report.Figure("  of the table", table / verify * 60, "GB/min", "N2");
        Report.Figure("  events", day.Events / verify, "events/s");
        Report.Figure("  time against reading", verify / read, "x", "N2");
        Report.Figure("seal, its first run", day.Events / seal, "events/s");
        process.Refresh();
        Report.Figure("largest memory of this process so far, the appends of seals included", process.PeakWorkingSet64 / 1e6, "MB");
        Report.Figure("seals in the log", await SealBytes(source, cancel) / (double)day.Events, "bytes/event", "N1");
    }

    static async Task<long> SealBytes(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select sum(pg_column_size(data))::bigint from events.mt_events where starts_with(stream_id, 'seal/')");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    static async Task Execute(NpgsqlDataSource source, string sql, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(cancel);
    }
}

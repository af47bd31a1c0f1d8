using System.Diagnostics;
using Ingest.Recording;
using Marten;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>Readings as rows of a keyed table by binary COPY, compared with columnar events appended by Marten.</summary>
static class StorageBenchmark
{
    const int Assets = 100;
    const int Sensors = 12;
    const int Writers = 2;

    static readonly double[] Levels = [160, 180, 190, 200, 200, 238, 82.1, 51, 80, 21.5, 9.82, 1.21];

    static Reading Sample(int sensor, long frame, Random noise) =>
        new((ushort)(sensor + 1), 1_750_000_000_000_000 + frame * 1_000_000,
            Math.Round(Levels[sensor] + noise.Next(-5, 6) * (Levels[sensor] < 20 ? 0.01 : 0.1), 2));

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        Report.Title($"storage: {Assets} assets x {Sensors} sensors");
        await Append(settings, await Copy(settings, cancel), cancel);
    }

    /// <summary>Readings per second of COPY: two connections, 12 000 rows at a time, in order of arrival.</summary>
    public static async Task<double> Copy(Settings settings, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await Execute(source, """
            drop table if exists bench_reading;
            create table bench_reading (asset_id text not null, sensor smallint not null, sampled_at timestamptz not null, value double precision not null, quality smallint not null,
                primary key (asset_id, sensor, sampled_at))
            """, cancel);
        const int framesPerCopy = 10;
        var copies = (int)(100 * settings.Scale);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable.Range(0, Writers)
                .Select(writer => Task.Run(() => CopyHalf(source, writer, copies / Writers, framesPerCopy, cancel), cancel)));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var rows = (double)copies / Writers * Writers * framesPerCopy * Assets * Sensors;
        Report.Figure("binary COPY into a keyed row table, two connections", rows / seconds, "readings/s");
        Report.Figure("  on disk with index", await Size(source, "bench_reading", cancel) / rows, "bytes/reading", "N1");
        await Execute(source, "drop table bench_reading", cancel);
        return rows / seconds;
    }

    static async Task CopyHalf(NpgsqlDataSource source, int writer, int copies, int frames, CancellationToken cancel)
    {
        var noise = new Random(writer);
        var names = Enumerable.Range(0, Assets).Select(a => $"bench-{a}").ToArray();
        await using var connection = await source.OpenConnectionAsync(cancel);
        for (var c = 0; c < copies; c++)
        {
            await using var import = await connection.BeginBinaryImportAsync("copy bench_reading from stdin (format binary)", cancel);
            for (var frame = 0; frame < frames; frame++)
            {
                // Each connection writes half of the assets and twice the frames.
                for (var asset = writer; asset < 2 * Assets; asset += 2)
                {
                    for (var sensor = 0; sensor < Sensors; sensor++)
                    {
                        var reading = Sample(sensor, ((long)c * frames + frame) * 2 + asset / Assets, noise);
                        await import.StartRowAsync(cancel);
                        await import.WriteAsync(names[asset % Assets], NpgsqlDbType.Text, cancel);
                        await import.WriteAsync((short)reading.Sensor, NpgsqlDbType.Smallint, cancel);
                        await import.WriteAsync(Micros.ToTime(reading.SampledAt).UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
                        await import.WriteAsync(reading.Value, NpgsqlDbType.Double, cancel);
                        await import.WriteAsync((short)reading.Quality, NpgsqlDbType.Smallint, cancel);
                    }
                }
            }
            await import.CompleteAsync(cancel);
        }
    }

    /// <summary>The append stage alone: encoding, one Marten transaction for many assets, two writers.</summary>
    public static async Task Append(Settings settings, double copy, CancellationToken cancel)
    {
        foreach (var framesPerEvent in new[] { 10, 2, 1 })
        {
            var (rate, bytes) = await Append(
                settings, framesPerEvent, (int)(2_400_000 * settings.Scale * (framesPerEvent == 10 ? 1 : 0.25)), cancel);
            var readings = framesPerEvent * Sensors;
            if (framesPerEvent > 1 && framesPerEvent < 10)
            {
                Report.Figure($"append stage, events of {readings} readings (a live batch under load)", rate, "readings/s");
                Report.Figure("  on disk with indexes", bytes, "bytes/reading", "N1");
                continue;
            }
            if (framesPerEvent == 1)
            {
                Report.Figure($"append stage, events of {readings} readings (a live batch at 1 Hz)", rate, "readings/s");
                Report.Figure("  on disk with indexes", bytes, "bytes/reading", "N1");
                continue;
            }
            Report.Figure($"append stage, events of {readings} readings", rate, "readings/s");
            Report.Goal("  against COPY", rate / copy, "x", 1.5, isAtLeast: true);
            Report.Goal("  on disk with indexes", bytes, "bytes/reading", 8, isAtLeast: false);
        }
    }

    static async Task<(double Rate, double Bytes)> Append(Settings settings, int framesPerEvent, int readings, CancellationToken cancel)
    {
        var database = $"append_{Guid.NewGuid():N}";
        await using (var admin = NpgsqlDataSource.Create(settings.Postgres)) await Execute(admin, $"create database {database}", cancel);
        var connection = new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            Database = database,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
        }.ConnectionString;
        double rate, bytes;
        await using (var source = NpgsqlDataSource.Create(connection))
        {
            using var store = DocumentStore.For(options =>
            {
                options.Connection(source);
                ServiceDefaults.EventLog.Configure(options, isDevelopment: true);
            });
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
            var append = new AppendReadings(store, source, (_, _) => Task.CompletedTask);
            var transactions = readings / (Assets / Writers * framesPerEvent * Sensors) / Writers;
            var before = await Size(source, "events.mt_events", cancel) + await Size(source, "events.mt_streams", cancel);
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(
                Enumerable.Range(0, Writers)
                    .Select(writer => Task.Run(() => AppendHalf(append, writer, transactions, framesPerEvent, cancel), cancel)));
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var stored = (double)transactions * Writers * (Assets / Writers) * framesPerEvent * Sensors;
            rate = stored / seconds;
            bytes = (await Size(source, "events.mt_events", cancel) + await Size(source, "events.mt_streams", cancel) - before) / stored;
        }
        NpgsqlConnection.ClearAllPools();
        await using (var admin = NpgsqlDataSource.Create(settings.Postgres)) await Execute(
            admin, $"drop database {database} with (force)", cancel);
        return (rate, bytes);
    }

    static async Task AppendHalf(AppendReadings append, int writer, int transactions, int framesPerEvent, CancellationToken cancel)
    {
        var noise = new Random(writer);
        var day = new DateOnly(2026, 1, 1);
        var ledgers = Enumerable.Range(0, Assets).Select(asset => new AssetLedger($"bench-{asset}", null, day, new KnownReadings(0)))
            .ToArray();
        for (var t = 0; t < transactions; t++)
        {
            var appends = new List<AssetAppend>(Assets / Writers);
            for (var asset = writer; asset < Assets; asset += Writers)
            {
                var readings = new List<Reading>(framesPerEvent * Sensors);
                for (var frame = 0; frame < framesPerEvent; frame++)
                    for (var sensor = 0; sensor < Sensors; sensor++) readings.Add(Sample(sensor, (long)t * framesPerEvent + frame, noise));
                Submission message = new(
                    $"bench-{asset}", null, readings, null, new($"pollux/bench-{asset}/senml", default), null, _ => { })
                {
                    ReceivedAt = DateTimeOffset.UnixEpoch.AddYears(50).AddMilliseconds(t),
                };
                appends.Add(new(ledgers[asset], new(readings, 0, [new(message, readings.Count, null)])));
            }
            var announced = (await append.Append(appends, cancel)).ToDictionary(b => b.AssetId);
            foreach (var written in appends)
                written.Ledger.Appended(announced[written.Ledger.AssetId].Version, announced[written.Ledger.AssetId].Batch!);
        }
    }

    static async Task Execute(NpgsqlDataSource source, string sql, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    static async Task<double> Size(NpgsqlDataSource source, string table, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select pg_total_relation_size('{table}')");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Contracts.Events;
using Integration.Tests.Running;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>
/// Archived readings are read as before, dropped ones are refused while the chain stays verifiable, and restored ones are where they were.
/// </summary>
public sealed class ArchiveTests(Infrastructure infrastructure)
{
    const string Line = "line-1";

    // Days that are over, so that commands, which use the machine's clock, know their seals.
    static readonly DateOnly First = Streams.DayOf(TimeProvider.System.GetUtcNow()).AddDays(-4);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Archived_readings_are_read_as_before_dropped_ones_refused_and_restored_ones_are_where_they_were()
    {
        await using var log = await SealingLog.Create(infrastructure, First);
        await Fill(log);
        await using var query = log.Service("query", "Query");
        query.Launch();
        await query.UntilReady();
        var hot = await Count(log);
        var end = (await log.Sealed.Seals(Cancel))[^1].Seal.UpTo;
        var middle = end / 3;
        string[] questions =
        [
            $"/api/v1/log/events?limit={hot - 1}", $"/api/v1/log/events?limit=3&after={middle}", "/api/v1/log/events?actor=Ada",
            "/api/v1/log/events?stream=telemetry/line-2/*&limit=4", $"/api/v1/log/events/{middle}/proof", "/api/v1/log/events/6/proof",
            "/api/v1/log/events/7/proof",
            $"/api/v1/twins/{Line}?knownAt={middle}", $"/api/v1/twins/{Line}?knownAt={end}",
            $"/api/v1/twins/{Line}?validAt={Time(First)}&knownAt={end}",
            $"/api/v1/twins/{Line}/history?sensor=melt-pressure&from={Time(First)}&to={Time(First.AddDays(3))}&points=50&knownAt={end}",
            $"/api/v1/lineage?asset={Line}&sensor=melt-pressure&validAt={Time(First.AddDays(1))}&knownAt={end}",
        ];
        var before = (Answers: await Answers(), Log: await Everything(log), Seals: await Hashes(log));
        Assert.All(before.Answers.Where((_, i) => i != 4), a => Assert.StartsWith("OK", a, StringComparison.Ordinal));
        string[] range = ["--from", Shown(First), "--to", Shown(First.AddDays(2))];
        var export = Path.Combine(log.Folder, "export");
        Assert.Equal(0, (await Pollux(log, ["export", .. range, "--to-folder", export])).Code);

        // Nothing is moved that is not sealed, or for a look only.
        Assert.Contains($"allowed: a day up to {Shown(First.AddDays(3))}", (await Pollux(
            log, "archive", "--before", Shown(First.AddDays(4)))).Output, StringComparison.Ordinal);
        Assert.Contains("would be archived", (await Pollux(log, "archive", "--before", Shown(First.AddDays(2)), "--dry-run")).Output,
            StringComparison.Ordinal);
        Assert.Equal(hot, await Count(log));

        var (output, code) = await Pollux(log, "archive", "--before", Shown(First.AddDays(2)));
        Assert.True(code == 0, output);
        Assert.Matches($"{Shown(First)} archived: 81 events, [0-9]+ readings in .* of 2 streams", output);
        Assert.Equal(hot - 81 - 81, await Count(log));
        await AsBefore("archived");

        // A damaged block is named, and restored from the export.
        await log.Sql($"update {Archive.Table} set block = set_byte(block, 200, get_byte(block, 200) # 1) where stream_id = '{Day(0)}' "
            + "and first_version = 1");
        var damaged = await Assert.ThrowsAsync<DamagedArchiveException>(() => Everything(log));
        Assert.Contains($"versions 1 to 40 of {Day(0)} in {Archive.Table} are damaged", damaged.Message, StringComparison.Ordinal);
        using (var answer = await query.Http.GetAsync(questions[7], Cancel))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Contains("Restore this table from a backup", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        (output, code) = await Pollux(log, "restore-days", export, "--from", Shown(First), "--to", Shown(First));
        Assert.True(code == 0, output);
        Assert.Contains("restored: 40 events", output, StringComparison.Ordinal);
        await AsBefore("restored from the export beside the archive");
        Assert.Contains($"{Shown(First)} is there", (await Pollux(log, ["restore-days", export, .. range])).Output,
            StringComparison.Ordinal);

        // Retention; absence that nobody announced stays a fault.
        Assert.Equal(0, (await Pollux(log, "archive", "--before", Shown(First.AddDays(2)))).Code);
        await log.Sql($"create table kept as select * from {Archive.Table} where day = '{Shown(First.AddDays(1))}'");
        await log.Sql($"update {Archive.Table} set block = null where day = '{Shown(First.AddDays(1))}'");
        Assert.Equal(["missing"], (await log.Verify())[1].Faults.Select(f => f.Kind).Distinct());
        await log.Sql($"update {Archive.Table} a set block = kept.block from kept where a.stream_id = kept.stream_id "
            + "and a.first_version = kept.first_version");
        Assert.Contains("'--reason' is missing", (await Pollux(log, "forget", "--before", Shown(First.AddDays(1)))).Output,
            StringComparison.Ordinal);
        (output, code) = await Pollux(log, "forget", "--before", Shown(First.AddDays(1)), "--reason", "older than we keep");
        Assert.True(code == 0, output);
        Assert.Contains($"{Shown(First)} dropped: 81 events of 2 streams", output, StringComparison.Ordinal);
        (output, code) = await Pollux(log, "verify");
        Assert.True(code == 0, output);
        Assert.Matches("81 events of readings .* were dropped by retention, by Grace at .*: older than we keep", output);
        Assert.Equal(before.Seals, await Hashes(log));
        Assert.Contains("retention has dropped", (await Assert.ThrowsAsync<DroppedReadingsException>(() => Everything(log))).Message,
            StringComparison.Ordinal);
        foreach (var question in new[] { questions[5], questions[7] })
        {
            using var answer = await query.Http.GetAsync(question, Cancel);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Contains("retention has dropped", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        // From the export and from the archive: all rows are in the event table again.
        (output, code) = await Pollux(log, "restore-days", export, "--from", Shown(First), "--to", Shown(First));
        Assert.True(code == 0, output);
        (output, code) = await Pollux(log, "restore-days");
        Assert.True(code == 0, output);
        Assert.Equal((0, hot + 1), (await log.Ask<long>($"select count(*) from {Archive.Table}"), await Count(log)));
        await AsBefore("restored");

        // Twins are made from archived days too: when twin-state meets them for the first time, and in a rebuild.
        Assert.Equal(0, (await Pollux(log, "archive", "--before", Shown(First.AddDays(2)))).Code);
        await using var twinState = log.Service("twin-state", "TwinState");
        await twinState.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/rebuilds")
        {
            Content = new StringContent("""{"assets":["line-2"]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Pollux-Actor", "Grace");
        using (var answer = await query.Http.SendAsync(request, Cancel))
        {
            var id = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["id"]!;
            var rebuild = await Eventually.Get(
                "the rebuild ends", async () => JsonNode.Parse(await query.Http.GetStringAsync($"/api/v1/rebuilds/{id}", Cancel))!,
                r => (string)r["state"]! == "finished", r => r.ToJsonString());
            Assert.Equal(1, (int)rebuild["equal"]!);
        }
        var past = JsonNode.Parse(await query.Http.GetStringAsync($"/api/v1/twins/line-2?knownAt={end}", Cancel))!;
        Assert.Equal(36 * (40 * 3 + 1), (long)past["readings"]!);

        async Task AsBefore(string what)
        {
            var days = await log.Verify();
            Assert.All(days, d => Assert.Empty(d.Faults));
            Assert.Equal(before.Seals, await Hashes(log));
            Assert.Equal(before.Log, await Everything(log));
            foreach (var ((question, answer), now) in questions.Zip(before.Answers).Zip(await Answers()))
                Assert.True(answer == now, $"{what}: {question}\nbefore: {answer}\nnow: {now}");
        }

        // The twins' own answers name no time of day, so they can be compared as texts.
        async Task<List<string>> Answers()
        {
            List<string> answers = [];
            foreach (var question in questions)
            {
                using var answer = await query.Http.GetAsync(question, Cancel);
                var text = await answer.Content.ReadAsStringAsync(Cancel);
                answers.Add($"{answer.StatusCode} {Regex.Replace(text, "\"traceId\":\"[^\"]*\"", "")}");
            }
            return answers;
        }
    }

    [Fact]
    public async Task An_export_makes_the_same_log_elsewhere_and_nothing_else_is_taken()
    {
        await using var log = await SealingLog.Create(infrastructure, First);
        await Fill(log);
        var export = Path.Combine(log.Folder, "export");
        string[] range = ["--from", Shown(First), "--to", Shown(First.AddDays(2))];
        Assert.Equal(0, (await Pollux(log, ["export", .. range, "--to-folder", export])).Code);

        await using var empty = await SealingLog.Create(infrastructure, First);
        string[] restore = ["restore-days", export, "--keys", Path.Combine(export, "keys")];
        Assert.Contains("from the first day on", (await Pollux(empty, [.. restore, "--from", Shown(First.AddDays(1))])).Output,
            StringComparison.Ordinal);
        var (output, code) = await Pollux(empty, restore);
        Assert.True(code == 0, output);
        var upTo = (await log.Sealed.Seals(Cancel))[^1].Seal.UpTo;
        Assert.Equal(await Hashed(log, upTo), await Hashed(empty, upTo));
        // The seal of the last day is an event of the next, which was not exported.
        Assert.Equal((await Hashes(log)).SkipLast(1), (await empty.Verify(keys: log.Folder)).Select(d => d.Hash));
        Assert.All(await empty.Verify(keys: log.Folder), d => Assert.Empty(d.Faults));
        // All but the one that came after the last seal.
        Assert.Equal(
            await log.Ask<long>("select sum(version)::bigint from events.mt_streams where id like 'telemetry/%'") - 1,
            await empty.Ask<long>("select sum(version)::bigint from events.mt_streams where id like 'telemetry/%'"));
        // What is appended then comes after it.
        await empty.Append(SealingLog.Alarm("twin/line-1", 1000));
        Assert.True(await empty.Ask<long>("select max(seq_id) from events.mt_events") > upTo);

        // Of another log, and damaged.
        await using var other = await SealingLog.Create(infrastructure, First);
        await other.Append(SealingLog.Alarm("twin/line-1", 1));
        await other.MidnightAndSeal();
        Assert.Contains("allowed: an export of this log", (await Pollux(other, restore)).Output, StringComparison.Ordinal);
        var file = Path.Combine(export, $"{Shown(First)}.parquet");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file, Cancel))[..^20], Cancel);
        Assert.Contains($"{file} is damaged", (await Pollux(log, restore)).Output, StringComparison.Ordinal);
    }

    static string Day(int day) => Streams.Telemetry(Line, First.AddDays(day));

    /// <summary>Three sealed days with readings of two lines, late ones, alarms, and what somebody imported.</summary>
    static async Task Fill(SealingLog log)
    {
        var yaml = await File.ReadAllTextAsync(Path.Combine(Infrastructure.ShippedAssets, "extrusion-line.asset.yaml"), Cancel);
        var at = new DateTimeOffset(First.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        await log.Append([.. new[] { Line, "line-2" }.Select(asset => (Streams.Asset(asset), (object)new AssetRegistered(
            asset, asset, "extrusion-line", 1, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml))), yaml, at)))]);
        for (var day = 0; day < 3; day++)
        {
            for (var i = 0; i < 40; i++)
            {
                await log.Append(
                    Readings(Line, log.Today, i), SealingLog.Alarm(Streams.Twin(Line), i), Readings("line-2", log.Today, i));
                if (i == 20) await log.Sql("select nextval('events.mt_events_sequence')");
            }
            if (day == 0)
            {
                await log.Append(Readings("line-2", log.Today, 40));
                await log.Sql($$"""
                    update events.mt_events set headers = headers || '{"actor": "Ada"}' where stream_id = '{{Day(0)}}' and version = 10
                    """);
            }
            await log.MidnightAndSeal();
            await log.Append(Readings(Line, First.AddDays(day), 50));
        }
    }

    static (string, object) Readings(string asset, DateOnly day, int number)
    {
        var at = Micros.From(new DateTimeOffset(day.ToDateTime(new TimeOnly(6, 0)), TimeSpan.Zero)) + (number * 10_000_000L);
        return (Streams.Telemetry(asset, day), new ReadingsRecorded(TelemetryCodec.Encode(
            [.. Enumerable.Range(1, 12).SelectMany(sensor => Enumerable.Range(0, 3).Select(
                i => new Reading((ushort)sensor, at + (i * 1_000_000), (10 * sensor) + (0.1 * ((number + i) % 7)))))])));
    }

    /// <summary>What the log's readers give, by each of their ways.</summary>
    static async Task<List<string>> Everything(SealingLog log)
    {
        var reader = new LogReader(log.Source);
        List<string> all = [];
        var streams = Enumerable.Range(0, 3).Select(Day).ToArray();
        var known = streams.Select((s, i) => (s, (long)i * 3)).ToList();
        var end = await log.Ask<long>($"select max(seq_id) from events.mt_events where stream_id = '{Day(2)}'");
        foreach (var stream in streams)
        {
            await Take("after", reader.After(stream, 5, Cancel));
            await Take("newest first", reader.NewestFirst(stream, Cancel));
            await Take("some", reader.Some(stream, [2, 17, 40], Cancel));
            await foreach (var range in reader.Ranges(stream, 4, Cancel)) all.Add($"range {range}");
        }
        await Take("after each", reader.After(known, Cancel));
        await Take("first", reader.After(known, 50, Corrections.None, Cancel));
        foreach (var position in new[] { 1, 60, end / 2, end })
        {
            await Take("between", reader.Between(
                [.. known.Select(k => new VersionRange(k.s, k.Item2)), new(Day(0), 7, 19), new(Day(0), 30, 33)], position, Corrections.None,
                Cancel));
            await Take("up to", reader.UpTo(streams, position, Corrections.None, Cancel));
            await Take("since", reader.UpTo(streams, position, DateTimeOffset.UnixEpoch, Corrections.None, Cancel));
        }
        foreach (var (_, batch) in (await reader.At([3, 5, 6, 150, end], Cancel)).OrderBy(b => b.Key)) all.Add(Shown("at", batch));
        all.AddRange((await reader.Grown(0, end, Cancel)).GroupBy(g => g.Stream).Select(g => $"grown {g.MaxBy(b => b.Version)}").Order());
        return all;

        async Task Take(string how, IAsyncEnumerable<LoggedBatch> batches)
        {
            await foreach (var batch in batches) all.Add(Shown(how, batch));
        }

        static string Shown(string how, LoggedBatch b) => string.Create(CultureInfo.InvariantCulture,
            $"{how} {b.Stream} {b.Version} {b.Position} {b.RecordedAt:O} {Convert.ToHexString(b.Batch)} {b.TraceParent}");
    }

    static async Task<List<string>> Hashed(SealingLog log, long upTo)
    {
        var (hashes, canonical) = (new List<string>(), new CanonicalBytes());
        await foreach (var e in log.Sealed.Events(0, upTo, null, Cancel)) hashes.Add(Convert.ToHexString(SHA256.HashData(canonical.Of(e))));
        return hashes;
    }

    static async Task<List<string>> Hashes(SealingLog log) =>
        [.. (await log.Sealed.Seals(Cancel)).Select(s => new CanonicalBytes().Hash(s.Seal))];

    static Task<long> Count(SealingLog log) => log.Ask<long>("select count(*) from events.mt_events");

    static string Time(DateOnly day) => $"{Shown(day)}T06:05:00Z";

    static string Shown(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static Task<(string Output, int Code)> Pollux(SealingLog log, params string[] arguments) => log.Pollux(arguments);
}

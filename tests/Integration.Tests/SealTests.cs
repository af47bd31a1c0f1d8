using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Contracts.Events;
using Contracts.Query.V1;
using Ingest.Seals;
using Integration.Tests.Running;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Integration.Tests;

/// <summary>Days of the log are sealed, and whatever is changed in PostgreSQL afterwards is found and named.</summary>
public sealed class SealTests(Infrastructure infrastructure)
{
    // Three days that are over, so that commands, which use the machine's clock, know their seals.
    static readonly DateOnly First = Streams.DayOf(TimeProvider.System.GetUtcNow()).AddDays(-3);

    static readonly string Line1 = Streams.Telemetry("line-1", First), Line2 = Streams.Telemetry("line-2", First);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Three sealed days and an event that is not sealed yet.</summary>
    async Task<SealingLog> ThreeDays()
    {
        var log = await SealingLog.Create(infrastructure, First);
        for (var day = 0; day < 3; day++)
        {
            var (line1, line2) = (Streams.Telemetry("line-1", log.Today), Streams.Telemetry("line-2", log.Today));
            for (var i = 0; i < 5; i++)
            {
                await log.Append(SealingLog.Readings(line1, i), SealingLog.Alarm(Streams.Twin("line-1"), i), SealingLog.Readings(line2, i));
                // As a transaction that was rolled back leaves a gap.
                await log.Sql("select nextval('events.mt_events_sequence')");
            }
            var seal = await log.MidnightAndSeal();
            // Late data goes to the next day.
            await log.Append(SealingLog.Readings(line1, 99));
            // With the late one and the seals of the day before.
            Assert.Equal((new[] { 15, 15 + 1 + 4, 15 + 1 + 6 }[day], First.AddDays(day)), (seal.Events, seal.Day));
        }
        return log;
    }

    [Fact]
    public async Task What_was_not_changed_is_intact_and_what_is_new_is_not_sealed_yet()
    {
        await using var log = await ThreeDays();
        var days = await log.Verify();
        Assert.Equal([First, First.AddDays(1), First.AddDays(2)], days.Select(d => d.Seal.Day));
        Assert.All(days, d => Assert.Empty(d.Faults));
        Assert.Equal(days.SkipLast(1).Select(d => d.Seal.UpTo), days.Skip(1).Select(d => d.Seal.After));
        Assert.True(await log.Sealed.After(days[^1].Seal.UpTo, Cancel) > 0);
        // Nothing more to do until midnight.
        Assert.Equal(days[^1].Seal.Day, (await log.Sealer().Run(Cancel))!.Day);
        Assert.Equal(3, (await log.Sealed.Seals(Cancel)).Count);
        Assert.All(await log.Verify("line-1"), d => Assert.Empty(d.Faults));
        Assert.Equal(11, (await log.Verify("line-1", First.AddDays(1), First.AddDays(1)))[0].Events);
    }

    public static TheoryData<string, string, string, string, long?, string> Changes => new()
    {
        {
            "a byte of readings",
            """update E set bdata = set_byte(bdata, 3, get_byte(bdata, 3) # 1) where stream_id = 'L1' and version = 3""",
            "changed", "L1", 3, "another payload"
        },
        {
            "a value in JSON",
            """update E set data = jsonb_set(data, '{value}', '7') where stream_id = 'twin/line-1' and version = 2""",
            "changed", "twin/line-1", 2, "another payload"
        },
        {
            "JSON beside readings",
            """update E set data = '{"a": 1}' where stream_id = 'L1' and version = 2""",
            "changed", "L1", 2, "another payload"
        },
        {
            "a header",
            """update E set headers = headers || '{"traceparent": "x"}' where stream_id = 'L2' and version = 1""",
            "changed", "L2", 1, "another headers"
        },
        { "no headers", """update E set headers = null where stream_id = 'L2' and version = 5""", "changed", "L2", 5, "another headers" },
        {
            "a microsecond",
            """update E set timestamp = timestamp + interval '1 microsecond' where stream_id = 'L1' and version = 1""",
            "changed", "L1", 1, "another time stamp"
        },
        {
            "a type",
            """update E set type = 'alarm_raised' where stream_id = 'twin/line-1' and version = 4""",
            "changed", "twin/line-1", 4, "another identity"
        },
        {
            "an id",
            """update E set id = gen_random_uuid() where stream_id = 'L1' and version = 4""",
            "changed", "L1", 4, "another identity"
        },
        {
            "a tenant",
            """update E set tenant_id = 'other' where stream_id = 'L1' and version = 4""",
            "changed", "L1", 4, "another identity"
        },
        { "a row", """delete from E where stream_id = 'L1' and version = 3""", "missing", "L1", 3, "the event is missing" },
        {
            "the first row",
            """delete from E where stream_id = 'twin/line-1' and version = 1""",
            "missing", "twin/line-1", 1, "the event is missing"
        },
        { "the last row of a day", """delete from E where stream_id = 'L2' and version = 5""", "missing", "L2", 5, "the event is missing" },
        { "a stream", """delete from E where stream_id = 'L2'""", "missing", "L2", 1, "all 5 events of the stream are missing" },
        {
            "versions",
            """
            update E set version = -1 where stream_id = 'L1' and version = 2; update E set version = 2 where stream_id = 'L1'
            and version = 3; update E set version = 3 where stream_id = 'L1' and version = -1
            """,
            "swapped", "L1", 3, "changed places"
        },
        {
            "positions",
            """
            create temp table p as select seq_id, version from E where stream_id = 'L1' and version in (2, 3);
            update E set seq_id = -seq_id where stream_id = 'L1' and version in (2, 3); update E set seq_id = (select seq_id from p
            where p.version = 5 - E.version) where stream_id = 'L1' and version in (2, 3)
            """,
            "swapped", "L1", 3, "changed places"
        },
        {
            "positions of two streams",
            """
            create temp table p as select seq_id, stream_id from E where stream_id in ('L1', 'L2') and version = 2;
            update E set seq_id = -seq_id where stream_id in ('L1', 'L2') and version = 2; update E set seq_id = (select seq_id from p
            where p.stream_id <> E.stream_id) where stream_id in ('L1', 'L2') and version = 2
            """,
            "changed", "L2", 2, "another position"
        },
        {
            "payloads",
            """
            create temp table p as select version, bdata from E where stream_id = 'L1' and version in (1, 4);
            update E set bdata = (select bdata from p where p.version = 5 - E.version) where stream_id = 'L1' and version in (1, 4)
            """,
            "swapped", "L1", 1, "payload of version 4"
        },
        {
            "an event that was not there",
            """
            insert into E (seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, headers, is_archived)
            select min(seq_id) + 3, gen_random_uuid(), 'L1', 1000, '{}', '\x01', 'readings_recorded', now(), '*DEFAULT*', null, null, false
            from E where stream_id = 'L1'
            """,
            "added", "L1", 1000, "was not there"
        },
        {
            "an event that was moved to the end",
            """update E set seq_id = 100000 where stream_id = 'L1' and version = 2""",
            "changed", "L1", 2, "another position"
        },
        {
            "an event in another stream",
            """update E set stream_id = 'L2', version = 77 where stream_id = 'L1' and version = 5""",
            "missing", "L1", 5, "the event is missing"
        },
        {
            "the events of a day",
            """delete from E where seq_id <= (select (data ->> 'upTo')::bigint from E where stream_id = 'S0' and type = 'log_sealed')""",
            "missing-day", "S0", null, "all 15 events of the day are missing"
        },
        {
            "a day with its seal",
            """
            delete from E where seq_id <= (select (data ->> 'upTo')::bigint from E where stream_id = 'S0' and type = 'log_sealed'); delete
            from E where stream_id = 'S0'
            """,
            "missing-seal", "S1", null, "the seals before it are missing"
        },
        { "a seal in the middle", """delete from E where stream_id = 'S1'""", "missing-seal", "S2", null, "no seal covers the positions" },
        {
            "the root in a seal",
            """update E set data = jsonb_set(data, '{root}', to_jsonb(repeat('ab', 32))) where stream_id = 'S0' and type = 'log_sealed'""",
            "forged-seal", "S0", 4, "does not have the signature"
        },
        {
            "the end in a seal",
            """update E set data = jsonb_set(data, '{upTo}', '3') where stream_id = 'S0' and type = 'log_sealed'""",
            "forged-seal", "S0", 4, "does not have the signature"
        },
        {
            "a head of a stream's seal",
            """update E set data = jsonb_set(data, '{head}', to_jsonb(repeat('ab', 32))) where stream_id = 'S0' and version = 2""",
            "forged-seal", "S0", 2, "the day_closed event of L2 is not the one that was signed"
        },
        {
            "fingerprints of a stream's seal",
            """update E set data = jsonb_set(data, '{fingerprints}', '""') where stream_id = 'S0' and version = 1""",
            "forged-seal", "S0", 1, "the day_closed event of L1 is not"
        },
        {
            "a stream's seal that is no JSON of one",
            """update E set data = '{"no": 1}' where stream_id = 'S0' and version = 1""",
            "missing-seal", "S0", null, "the day_closed event of L1 is missing or can not be read"
        },
        {
            "a stream's seal",
            """delete from E where stream_id = 'S0' and version = 3""",
            "missing-seal", "S0", null, "the day_closed event of twin/line-1 is missing"
        },
        {
            "an event and its seal",
            """update E set bdata = '\x05' where stream_id = 'L1' and version = 3; delete from E where stream_id = 'S0' and version = 1""",
            "added", "L1", 1, "was not there"
        },
    };

    [Theory, MemberData(nameof(Changes))]
    public async Task Every_change_is_found_and_named(string what, string sql, string kind, string stream, long? version, string says)
    {
        await using var log = await ThreeDays();
        await log.Sql(Named(sql.Replace("E ", "events.mt_events as E ", StringComparison.Ordinal)
            .Replace("into events.mt_events as E ", "into events.mt_events ", StringComparison.Ordinal)));
        var days = await log.Verify();
        var first = days.SelectMany(d => d.Faults).FirstOrDefault();
        Assert.True(first is not null, $"{what} was not found");
        Assert.Contains(days.SelectMany(d => d.Faults).Take(what == "an event and its seal" ? 2 : 1),
            f => (f.Kind, f.Stream, f.Version) == (kind, Named(stream), version) && f.What.Contains(Named(says), StringComparison.Ordinal));
    }

    static string Named(string text) => Regex.Replace(text, @"\b(L1|L2|S0|S1|S2)\b", m => m.Value switch
    {
        "L1" => Line1,
        "L2" => Line2,
        _ => Streams.Seal(First.AddDays(m.Value[1] - '0')),
    });

    [Fact]
    public async Task A_seal_that_was_signed_again_by_another_key_is_said_and_a_rotated_key_is_not_a_fault()
    {
        await using var log = await ThreeDays();
        var old = log.KeyFile;
        log.KeyFile = log.NewKey("rotated");
        await log.MidnightAndSeal();
        Assert.All(await log.Verify(), d => Assert.Empty(d.Faults));
        Assert.Equal(2, (await log.Verify()).Select(d => d.Seal.KeyId).Distinct().Count());
        // Whoever was given only the new key is told so.
        var unknown = (await log.Verify(keys: log.KeyFile))[0].Faults[0];
        Assert.Equal("unknown-key", unknown.Kind);
        Assert.Contains("is not among the given ones", unknown.What, StringComparison.Ordinal);
        Assert.All(await log.Verify(keys: old, to: First.AddDays(2)), d => Assert.Empty(d.Faults));
    }

    [Fact]
    public async Task A_seal_is_finished_after_a_kill_as_it_was_begun()
    {
        await using var log = await SealingLog.Create(infrastructure, First);
        await log.Append([.. Enumerable.Range(0, 1200).Select(i => SealingLog.Alarm($"twin/line-{i}", i))]);
        log.Midnight();
        var commits = 0;
        var killed = log.Sealer((_, _) => ++commits == 2 ? throw new IOException("killed") : Task.CompletedTask);
        await Assert.ThrowsAsync<IOException>(() => killed.Run(Cancel));
        Assert.Equal(500, await log.Ask<long>($"select count(*) from events.mt_events where stream_id = '{Streams.Seal(First)}'"));
        Assert.Empty(await log.Sealed.Seals(Cancel));
        // What comes in between belongs to the next day, even if that has begun long ago.
        await log.Append(SealingLog.Alarm("twin/line-1", 1201));
        log.Midnight();
        log.Midnight();
        var seal = await log.Sealer().Run(Cancel);
        Assert.Equal((First, 1200, 1200), (seal!.Day, seal.Events, seal.Streams));
        var next = await log.Sealer().Run(Cancel);
        Assert.Equal((First.AddDays(2), seal.UpTo, 1 + 1201), (next!.Day, next.After, next.Events));
        Assert.All(await log.Verify(), d => Assert.Empty(d.Faults));
    }

    [Fact]
    public async Task Of_two_sealers_at_once_one_seals_and_the_other_finds_it()
    {
        await using var log = await SealingLog.Create(infrastructure, First);
        await log.Append([.. Enumerable.Range(0, 700).Select(i => SealingLog.Alarm($"twin/line-{i}", i))]);
        log.Midnight();
        var seals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    return await log.Sealer().Run(Cancel);
                }
                catch (Exception e) when (StoreFaults.IsConflict(e))
                {
                    await Task.Delay(20, Cancel);
                }
            }
        })));
        Assert.Single(seals.Select(s => new CanonicalBytes().Hash(s!)).Distinct());
        Assert.Equal(701, await log.Ask<long>($"select count(*) from events.mt_events where stream_id = '{Streams.Seal(First)}'"));
        Assert.All(await log.Verify(), d => Assert.Empty(d.Faults));
    }

    [Fact]
    public async Task A_day_waits_for_what_commits_late()
    {
        await using var log = await SealingLog.Create(infrastructure, First);
        await log.Append(SealingLog.Alarm("twin/line-1", 1));
        await using var connection = await log.Source.OpenConnectionAsync(Cancel);
        await using var late = await connection.BeginTransactionAsync(Cancel);
        await using (var append = new NpgsqlCommand(
            """
            insert into events.mt_streams (id, version, timestamp, created, tenant_id, is_archived)
                values ('twin/late', 1, now(), now(), '*DEFAULT*', false);
            insert into events.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived) values (
                nextval('events.mt_events_sequence'), gen_random_uuid(), 'twin/late', 1, '{}', 'alarm_cleared', now(), '*DEFAULT*', false)
            """, connection)) await append.ExecuteNonQueryAsync(Cancel);
        await log.Append(SealingLog.Alarm("twin/line-1", 2));
        log.Midnight();
        var sealing = log.Sealer();
        await Assert.ThrowsAnyAsync<Exception>(() => sealing.Run(Cancel));
        await late.CommitAsync(Cancel);
        Assert.Equal(3, (await sealing.Run(Cancel))!.Events);
        Assert.All(await log.Verify(), d => Assert.Empty(d.Faults));
    }

    [Fact]
    public async Task Long_streams_have_several_seals_and_days_without_events_one()
    {
        await using var log = await SealingLog.Create(infrastructure, First);
        var stream = Streams.Telemetry("line-1", First);
        await log.Append([.. Enumerable.Range(0, 2 * CloseDay.MostEvents + 10).Select(i => SealingLog.Readings(stream, i))]);
        await log.MidnightAndSeal();
        List<long> counts = [];
        await foreach (var (closed, _, _) in log.Sealed.Closed(First, Cancel)) counts.Add(closed!.Count);
        Assert.Equal([CloseDay.MostEvents, CloseDay.MostEvents, 10], counts);
        Assert.All(await log.Verify(), d => Assert.Empty(d.Faults));
        await log.Sql($"delete from events.mt_events where stream_id = '{stream}' and version = 5000");
        Assert.Equal(("missing", 5000), ((await log.Verify())[0].Faults[0].Kind, (await log.Verify())[0].Faults[0].Version));

        await using var empty = await SealingLog.Create(infrastructure, First);
        Assert.Equal(0, (await empty.MidnightAndSeal()).Events);
        await empty.MidnightAndSeal();
        Assert.Equal([0, 1], (await empty.Verify()).Select(d => d.Events));
        Assert.All(await empty.Verify(), d => Assert.Empty(d.Faults));
    }

    [Fact]
    public async Task The_commands_verify_and_export_and_a_foreign_program_verifies_the_export()
    {
        await using var log = await ThreeDays();
        var (output, code) = await Pollux(log, "verify");
        Assert.Equal(0, code);
        Assert.Equal(3, Regex.Count(output, " intact .* seal [0-9a-f]{64}"));
        Assert.Contains("7 events are not sealed yet.", output, StringComparison.Ordinal);
        var hash = Regex.Matches(output, "seal ([0-9a-f]{64})")[2].Groups[1].Value;
        Assert.Equal(0, (await Pollux(log, "verify", "--seal", hash)).Code);
        Assert.Equal(1, (await Pollux(log, "verify", "--seal", new string('0', 64))).Code);

        var folder = Path.Combine(log.Folder, "export");
        string[] range = ["--from", Shown(First), "--to", Shown(First.AddDays(2))];
        Assert.Equal(0, (await Pollux(log, ["export", .. range, "--to-folder", folder])).Code);
        Assert.Equal(0, (await Pollux(log, "verify", "--export", folder)).Code);
        var foreign = await ForeignClientTests.Node("verify-export.mjs", folder);
        Assert.Equal(3, Regex.Count(foreign, "intact"));
        Assert.Contains(hash, foreign, StringComparison.Ordinal);
        Assert.Contains("allowed: a folder that does not exist", (await Pollux(log, ["export", .. range, "--to-folder", folder])).Output,
            StringComparison.Ordinal);

        // A change in the database is found there; in an export made from it, by the foreign program, too.
        await log.Sql($"update events.mt_events set bdata = '\\x00' where stream_id = '{Line1}' and version = 3");
        (output, code) = await Pollux(log, "verify");
        Assert.Equal(1, code);
        Assert.Matches($"First bad event: {Line1} version 3 position [0-9]+ \\[changed\\] another payload", output);
        var changed = Path.Combine(log.Folder, "changed");
        Assert.Equal(1, (await Pollux(log, ["export", .. range, "--to-folder", changed])).Code);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => ForeignClientTests.Node("verify-export.mjs", changed));
        Assert.Contains($"{Line1} version 3 was changed", refused.Message, StringComparison.Ordinal);

        // Damaged and missing files.
        var parquet = Path.Combine(folder, $"{Shown(First)}.parquet");
        await File.WriteAllBytesAsync(parquet, (await File.ReadAllBytesAsync(parquet, Cancel))[..^20], Cancel);
        Assert.Contains($"{parquet} is damaged", (await Pollux(log, "verify", "--export", folder)).Output, StringComparison.Ordinal);
        File.Delete(parquet);
        Assert.Contains($"{parquet} is missing", (await Pollux(log, "verify", "--export", folder)).Output, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, $"{Shown(First)}.seals.ndjson"));
        File.Delete(Path.Combine(folder, $"{Shown(First.AddDays(1))}.seals.ndjson"));
        Assert.Contains("seals.ndjson is missing", (await Pollux(log, "verify", "--export", folder)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--from' is '2099-01-01'; allowed: a day from", "verify", "--from", "2099-01-01")]
    [InlineData("'--to' is 'tomorrow'; allowed: a day as yyyy-MM-dd", "verify", "--to", "tomorrow")]
    [InlineData("'--seal' is '12'; allowed: 64 lowercase hexadecimal digits", "verify", "--seal", "12")]
    [InlineData("'--keys' is '/nowhere'; allowed: a PEM file", "verify", "--keys", "/nowhere")]
    [InlineData("'--export' is '/nowhere'; allowed: a folder written by export", "verify", "--export", "/nowhere", "--keys", "{keys}")]
    [InlineData("'FOLDER' is '/nowhere'; allowed: a folder written by export", "restore-days", "/nowhere", "--keys", "{keys}")]
    public async Task Wrong_input_is_answered_by_what_is_allowed(string says, params string[] arguments)
    {
        await using var log = await SealingLog.Create(infrastructure, First);
        await log.MidnightAndSeal();
        var (output, code) = await Pollux(log, [.. arguments.Select(a => a.Replace("{keys}", log.Folder, StringComparison.Ordinal))]);
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.Equal(2, code);
    }

    [Fact]
    public async Task Ingest_seals_by_itself_and_query_proves_each_event_of_a_sealed_day()
    {
        await using var log = await ThreeDays();
        // Yesterday is sealed, so ingest has nothing to do; without the newest seal it makes another.
        await log.Sql($"delete from events.mt_events where stream_id = '{Streams.Seal(First.AddDays(2))}'");
        await log.Sql($"delete from events.mt_streams where id = '{Streams.Seal(First.AddDays(2))}'");
        await using var ingest = log.Service("ingest", "Ingest");
        await using var query = log.Service("query", "Query");
        ingest.Launch();
        query.Launch();
        // Without assets ingest subscribes to nothing, so it does not become ready, but seals.
        await query.UntilReady();
        await Eventually.Is("ingest has sealed yesterday", async () => (await log.Sealed.Seals(Cancel)).Count == 3);
        await Eventually.Is("the metric says since when", async () => Regex.IsMatch(
            await ingest.Http.GetStringAsync("/metrics", Cancel), @"(?m)^pollux_ingest_seal_age_seconds(\{[^}]*\})? [0-9.]+"));
        Assert.All(await log.Verify(), d => Assert.Empty(d.Faults));

        var seals = JsonNode.Parse(await query.Http.GetStringAsync("/api/v1/log/seals", Cancel))!["items"]!.AsArray();
        Assert.Equal((await log.Verify()).Select(d => d.Hash), seals.Select(s => (string)s!["hash"]!));
        var keys = SealKeys.Read("keys", log.Folder);
        var proven = 0;
        await foreach (var e in log.Sealed.Events(0, (long)seals[1]!["upTo"]!, null, Cancel))
        {
            var proof = JsonNode.Parse(await query.Http.GetStringAsync($"/api/v1/log/events/{e.Position}/proof", Cancel))!;
            AssertProves(e, proof, keys);
            Assert.ThrowsAny<Exception>(() => AssertProves(e with { RecordedAt = e.RecordedAt + 1 }, proof, keys));
            proven++;
        }
        Assert.Equal(35, proven);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://127.0.0.1:{query.GrpcPort}");
        var client = new LogService.LogServiceClient(channel);
        var overGrpc = await client.GetEventProofAsync(new() { Position = 1 }, cancellationToken: Cancel);
        Assert.Equal((string)seals[0]!["root"]!, overGrpc.Seal.Root);
        Assert.Equal(3, (await client.ListSealsAsync(new(), cancellationToken: Cancel)).Seals.Count);

        var newest = await log.Ask<long>("select max(seq_id) from events.mt_events");
        await Refused(newest, HttpStatusCode.Conflict, "is not sealed yet: seals reach up to position");
        await Refused(4, HttpStatusCode.NotFound, "not every position is used");
        await Refused(newest + 1_000_000, HttpStatusCode.NotFound, "the log ends at");
        await Refused(0, HttpStatusCode.BadRequest, "'position' is '0'; allowed: a log position from 1");
        await log.Sql("update events.mt_events set headers = null where seq_id = 1");
        await Refused(1, HttpStatusCode.Conflict, "were changed since it was sealed");

        async Task Refused(long position, HttpStatusCode code, string says)
        {
            using var answer = await query.Http.GetAsync($"/api/v1/log/events/{position}/proof", Cancel);
            Assert.Equal(code, answer.StatusCode);
            var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
            Assert.Contains(says, (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    /// <summary>As a client checks it, with nothing but the proof, the event and the public key.</summary>
    static void AssertProves(LoggedEvent e, JsonNode proof, SealKeys keys)
    {
        var (canonical, hash) = (new CanonicalBytes(), new byte[32]);
        canonical.Hash(e, hash, new byte[CanonicalBytes.FingerprintBytes]);
        var (closed, seal) = (proof["streamSeal"]!, proof["seal"]!);
        Assert.Equal((string)closed["root"]!, Root(hash, proof["inStream"]!));
        var streamSeal = new DayClosed(
            e.Stream, Day(closed), (long)closed["upTo"]!, (long)closed["firstVersion"]!, (long)closed["lastVersion"]!,
            (long)closed["firstPosition"]!, (long)closed["lastPosition"]!, (long)closed["count"]!, (string)closed["previous"]!,
            (string)closed["head"]!, (string)closed["root"]!, []);
        var leaf = canonical.Hash(streamSeal, Convert.FromHexString((string)closed["fingerprintsHash"]!));
        Assert.Equal((string)seal["root"]!, Root(leaf, proof["inDay"]!));
        Assert.Null(keys.Fault(new(
            Day(seal), (long)seal["after"]!, (long)seal["upTo"]!, (long)seal["events"]!, (long)seal["streams"]!, (string)seal["root"]!,
            (string)seal["previous"]!, DateTimeOffset.Parse((string)seal["sealedAt"]!, CultureInfo.InvariantCulture),
            (string)seal["keyId"]!, Convert.FromBase64String((string)seal["signature"]!))));

        static DateOnly Day(JsonNode node) => DateOnly.Parse((string)node["day"]!, CultureInfo.InvariantCulture);

        static string Root(byte[] leaf, JsonNode path) => Convert.ToHexStringLower(MerkleTree.RootFrom(
            leaf, (long)path["index"]!, (long)path["count"]!,
            [.. path["path"]!.AsArray().Select(h => Convert.FromHexString((string)h!))])!);
    }

    static string Shown(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static Task<(string Output, int Code)> Pollux(SealingLog log, params string[] arguments) => log.Pollux(arguments);
}

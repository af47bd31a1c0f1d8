using Contracts.Events;
using Integration.Tests.Running;
using Marten;
using Npgsql;
using ServiceDefaults;

namespace Integration.Tests;

/// <summary>Positions come from a sequence, but transactions commit in another order: readers must not miss late commits.</summary>
[Collection<OnOneSystem>]
public class SafePositionTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    [Fact]
    public async Task A_reader_of_the_feed_misses_no_event_that_commits_late()
    {
        var asset = Pollux.NextAsset();
        var cancel = TestContext.Current.CancellationToken;
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await using var connection = await Pollux.Database.OpenConnectionAsync(cancel);
        await using var late = await connection.BeginTransactionAsync(cancel);
        var position = await AppendIn(late, Streams.Twin($"late-{asset}"), cancel);

        await device.Publish($"pollux/{asset}/sensors/zone-1-temperature", "180");
        var quick = (await Eventually.Get("a later event is committed", Positions, positions => positions.Count == 1))[0];
        Assert.True(quick > position);

        var before = (long)(await Pollux.Get("/api/v1/log/position"))["position"]!;
        Assert.True(before < position, $"{before} is given as safe while {position} is not committed");
        Assert.All(await Feed(0), p => Assert.True(p < position));

        // Who was told a position may ask for what was known there at once.
        var asked = Pollux.Get($"/api/v1/twins/{asset}?knownAt={quick}");
        await late.CommitAsync(cancel);
        Assert.Equal(quick, (long)(await asked)["asOf"]!["knownAtPosition"]!);
        await Eventually.Get(
            "the safe position passes both", async () => (long)(await Pollux.Get("/api/v1/log/position"))["position"]!, safe =>
                safe >= quick);
        var rest = await Feed(before);
        Assert.Contains(position, rest);
        Assert.Contains(quick, rest);
        Assert.Equal(rest.Order(), rest);

        async Task<List<long>> Positions()
        {
            List<long> positions = [];
            await foreach (var (at, _) in Pollux.Log.Batches(asset)) positions.Add(at);
            return positions;
        }
    }

    [Fact]
    public async Task Many_writers_that_commit_in_any_order_are_all_seen_by_one_who_polls()
    {
        const int Writers = 8, Appends = 30;
        var cancel = TestContext.Current.CancellationToken;
        var name = $"writers-{Pollux.NextAsset()}";
        long after = (long)(await Pollux.Get("/api/v1/log/position"))["position"]!;
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(
            async () =>
            {
                var random = new Random(w);
                for (var i = 0; i < Appends; i++)
                {
                    await using var connection = await Pollux.Database.OpenConnectionAsync(cancel);
                    await using var transaction = await connection.BeginTransactionAsync(cancel);
                    await AppendIn(transaction, Streams.Twin($"{name}-{w}-{i}"), cancel);
                    // Transactions that stay open for different times commit in another order than that of their positions.
                    await Task.Delay(random.Next(40), cancel);
                    await transaction.CommitAsync(cancel);
                }
            },
            cancel)));
        HashSet<long> seen = [];
        // Reads once more after the end, for transactions that were still open at the last read.
        for (var isOver = false; ; isOver = writing.IsCompleted)
        {
            foreach (var position in await Feed(after))
            {
                Assert.True(seen.Add(position));
                after = position;
            }
            if (isOver) break;
        }
        await writing;
        await Eventually.Get("all are seen", async () =>
        {
            foreach (var position in await Feed(after))
            {
                seen.Add(position);
                after = position;
            }
            return await Missing();
        }, missing => missing == 0);

        async Task<int> Missing()
        {
            await using var command = Pollux.Database.CreateCommand("select seq_id from events.mt_events where starts_with(stream_id, $1)");
            command.Parameters.Add(new() { Value = Streams.Twin(name) });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var missing = 0;
            while (await reader.ReadAsync(cancel)) missing += seen.Contains(reader.GetInt64(0)) ? 0 : 1;
            return missing;
        }
    }

    async Task<List<long>> Feed(long after)
    {
        List<long> positions = [];
        for (long? next = after; next is { } from;)
        {
            var page = await Pollux.Get($"/api/v1/log/events?after={from}&limit=1000");
            positions.AddRange(page["items"]!.AsArray().Select(e => (long)e!["position"]!));
            next = (long?)page["nextAfter"];
        }
        return positions;
    }

    static async Task<long> AppendIn(NpgsqlTransaction transaction, string stream, CancellationToken cancel)
    {
        using var store = DocumentStore.For(options =>
        {
            options.Connection("Host=unused");
            EventLog.Configure(options, isDevelopment: false);
        });
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        var e = session.Events.BuildEvent(new AlarmCleared("test", null, DateTimeOffset.UnixEpoch));
        session.Events.Append(stream, 1, (object)e);
        await session.SaveChangesAsync(cancel);
        return e.Sequence;
    }
}

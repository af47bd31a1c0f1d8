using Cluster;
using Contracts.Events;
using Contracts.Messages;
using Ingest;
using Ingest.Recording;
using Integration.Tests.Running;
using Marten;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinState;
using TwinState.News;
using TwinState.Twins;
using TwinState.Upkeep;

namespace Integration.Tests;

/// <summary>
/// Streams change at UTC midnight. Ingest's recorder and twin-state's twins run in this process, on a real log and a clock that can be set
/// forward; everything else uses the machine's clock.
/// </summary>
public sealed class MidnightTests(Infrastructure infrastructure) : IAsyncLifetime
{
    const string Asset = "extrusion-line-at-midnight";

    // The last midnight, so that nothing is recorded before it was sampled: PostgreSQL stamps events with its own clock.
    readonly DateTimeOffset midnight = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
    readonly string database = $"midnight_{Guid.NewGuid():N}";
    readonly ShiftedClock clock = new();
    readonly List<IHost> hosts = [];
    NpgsqlDataSource source = null!;

    static AssetModel Model { get; } = ReadAssetModel.FromDirectory(Infrastructure.ShippedAssets).Single(m => m.Id == "extrusion-line");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    LogContents Log => new(source);

    string OldDay => Streams.Telemetry(Asset, Streams.DayOf(midnight.AddDays(-1)));

    string NewDay => Streams.Telemetry(Asset, Streams.DayOf(midnight));

    public async ValueTask InitializeAsync()
    {
        await infrastructure.CreateDatabase(database);
        source = NpgsqlDataSource.Create(infrastructure.Postgres(database));
        clock.Set(midnight.AddSeconds(-10));
        var store = Host(_ => { }).Services.GetRequiredService<IDocumentStore>();
        await using var session = store.LightweightSession();
        session.Events.Append(
            Streams.Asset(Asset),
            new AssetRegistered(Asset, Asset, Model.Id, Model.Version, Model.Hash, Model.Source, midnight.AddHours(-1)));
        await session.SaveChangesAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }
        await source.DisposeAsync();
        await infrastructure.DropDatabase(database);
    }

    IHost Host(Action<IServiceCollection> more)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            DisableDefaults = true,
            EnvironmentName = "Production",
        });
        builder.Configuration["ConnectionStrings:Postgres"] = infrastructure.Postgres(database);
        builder.AddEventLog();
        builder.Services.AddLogging().AddOptions().AddSingleton<TimeProvider>(clock).AddSingleton<LogReader>().AddAssetRegistry();
        more(builder.Services);
        hosts.Add(builder.Build());
        return hosts[^1];
    }

    /// <summary>A recorder with an empty memory, as after a restart.</summary>
    async Task<Func<Reading[], Task<Outcome>>> Recorder()
    {
        var (recorder, asset) = await StartRecorder();
        return readings => recorder.Record(asset, readings, null, new("midnight", Samples.Senml(Model, readings)), null, Cancel);
    }

    async Task<(RecordReadings Recorder, RegisteredAsset Asset)> StartRecorder()
    {
        // Nothing is announced: the tests deliver the messages themselves.
        var host = Host(services => services.AddSingleton<IBus>(Bus.Factory.CreateUsingInMemory(_ => { })).AddSingleton<RejectionLog>()
            .AddSingleton<AppendReadings>().AddSingleton(Quotas.Read(new ConfigurationBuilder().Build())).AddSingleton<TenantUse>()
            .AddSingleton<AnnounceReadings>().AddSingleton<Owners>()
            .AddSingleton<WriteFence>((_, _) => Task.CompletedTask).AddHosted<RecordReadings>().AddOptions<IngestSettings>());
        await host.StartAsync(Cancel);
        var registry = host.Services.GetRequiredService<AssetRegistry>();
        await registry.Refresh(Cancel);
        return (host.Services.GetRequiredService<RecordReadings>(), registry.Find(Asset)!);
    }

    /// <summary>The owner of the twin on a replica of twin-state with an empty memory.</summary>
    async Task<Replica> Restarted()
    {
        var services = Host(s => s.AddTwins().AddSingleton<WriteFence>((_, _) => Task.CompletedTask).AddOptions<TwinStateSettings>())
            .Services;
        await services.GetRequiredService<AssetRegistry>().Refresh(Cancel);
        return new(services, services.GetRequiredService<Func<string, TwinOwner>>()(Asset));
    }

    sealed record Replica(IServiceProvider Services, TwinOwner Owner)
    {
        public Task<OwnedTwin> Twin() => Owner.Load(Cancel);

        public Task Take(IEnumerable<AnnouncedBatch> news) => Services.GetRequiredService<TakeNews>().Take(Owner, news, Cancel);

        public Task Tend(DateTimeOffset now) => Services.GetRequiredService<TendTwin>().Tend(Owner, now, Cancel);
    }

    /// <summary>Frames of twelve readings, ten frames a second, starting at a time relative to midnight.</summary>
    Reading[][] Frames(double fromSecond, int count) => [.. Enumerable.Range(0, count).Select(i =>
        Samples.Frame(Model, Micros.From(midnight.AddSeconds(fromSecond)) + i * 100_000, (int)(fromSecond * 10) + i))];

    async Task<List<Reading>> Stored(string stream)
    {
        List<Reading> readings = [];
        await foreach (var batch in new LogReader(source).After(stream, 0, Cancel)) TelemetryCodec.Decode(batch.Batch, readings);
        return readings;
    }

    static async Task<Outcome> Sum(IEnumerable<Reading[]> frames, Func<Reading[], Task<Outcome>> record)
    {
        var sum = default(Outcome);
        foreach (var frame in frames)
        {
            var outcome = await record(frame);
            sum = new(sum.Stored + outcome.Stored, sum.Duplicates + outcome.Duplicates, sum.Rejected + outcome.Rejected, outcome.Position);
        }
        return sum;
    }

    static void AssertSame(IEnumerable<Reading> expected, IEnumerable<Reading> actual) => Assert.Equal(Sorted(expected), Sorted(actual));

    static IEnumerable<Reading> Sorted(IEnumerable<Reading> readings) => readings.OrderBy(r => r.SampledAt).ThenBy(r => r.Sensor);

    [Fact]
    public async Task What_comes_again_after_midnight_is_known_and_what_comes_late_goes_to_the_new_day()
    {
        var (before, late, after) = (Frames(-12, 20), Frames(-9, 20), Frames(0.5, 20));
        var record = await Recorder();
        Assert.Equal(240, (await Sum(before, record)).Stored);

        clock.Set(midnight.AddSeconds(3));
        Assert.Equal((0, 240), await Counts(before, record));
        Assert.Equal((480, 0), await Counts([.. late, .. after], record));
        var contradiction = before[3][0] with { Value = before[3][0].Value + 1 };
        Assert.Equal(1, (await record([contradiction])).Rejected);

        // After a restart the memory is empty; an hour later even what is loaded at the start no longer reaches back to the old day.
        foreach (var now in new[] { midnight.AddSeconds(5), midnight.AddHours(1) })
        {
            clock.Set(now);
            Assert.Equal((0, 720), await Counts([.. before, .. late, .. after], await Recorder()));
        }
        AssertSame(before.SelectMany(f => f), await Stored(OldDay));
        AssertSame(late.Concat(after).SelectMany(f => f), await Stored(NewDay));
        Assert.Equal("conflicting-value", Assert.Single(Assert.Single(await Log.Rejections(Asset)).Reasons).Code);
    }

    static async Task<(int Stored, int Duplicates)> Counts(IEnumerable<Reading[]> frames, Func<Reading[], Task<Outcome>> record)
    {
        var sum = await Sum(frames, record);
        return (sum.Stored, sum.Duplicates);
    }

    [Fact]
    public async Task A_payload_rejected_before_midnight_is_a_duplicate_after_it()
    {
        var host = Host(services => services.AddSingleton<RejectionLog>());
        var record = await Recorder();
        var frame = Frames(-12, 1)[0];
        await record(frame);
        Reading[] contradiction = [frame[0] with { Value = frame[0].Value + 1 }];
        Assert.Equal(1, (await record(contradiction)).Rejected);
        clock.Set(midnight.AddSeconds(3));
        foreach (var again in new[] { record, await Recorder() })
            Assert.Equal((0, 1), ((await again(contradiction)).Rejected, (await again(contradiction)).Duplicates));
        Assert.Single(await host.Services.GetRequiredService<RejectionLog>().RecentDigests(Asset, Streams.DayOf(midnight), Cancel));
    }

    [Fact]
    public async Task A_payload_that_two_recorders_reject_at_the_same_time_is_recorded_once()
    {
        string[] payloads = [.. Enumerable.Range(0, 200).Select(i => $"garbage {i}")];
        async Task<int> Reject(IEnumerable<string> those)
        {
            var (recorder, asset) = await StartRecorder();
            var outcomes = await Task.WhenAll(those.Select(text =>
            {
                var payload = new Payload("midnight", System.Text.Encoding.UTF8.GetBytes(text));
                return recorder.Record(
                    asset, [], Rejections.Of(Asset, payload.Source, payload.Bytes, 1, [new("malformed-json", "?")], clock.GetUtcNow()),
                    payload, null, Cancel);
            }));
            return outcomes.Sum(o => o.Rejected);
        }
        var rejected = await Task.WhenAll(Reject(payloads), Reject(payloads.Reverse()));
        clock.Set(midnight.AddSeconds(1));
        Assert.Equal((200, 0), (rejected.Sum(), await Reject(payloads)));
        Assert.Equal(payloads.Order(StringComparer.Ordinal),
            (await Log.Rejections(Asset)).Select(r => System.Text.Encoding.UTF8.GetString(r.Payload)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_recorders_that_get_the_same_around_midnight_store_it_once()
    {
        var frames = Frames(-12, 60);
        var (first, second) = (await Recorder(), await Recorder());
        var firstHalf = await Task.WhenAll(Sum(frames[..30], first), Sum(frames[..40].Reverse(), second));
        clock.Set(midnight.AddSeconds(1));
        var secondHalf = await Task.WhenAll(Sum(frames, first), Sum(frames.Reverse(), second));
        Assert.Equal(frames.Length * 12, firstHalf.Concat(secondHalf).Sum(o => o.Stored));
        AssertSame(frames.SelectMany(f => f), (await Stored(OldDay)).Concat(await Stored(NewDay)));
    }

    [Fact]
    public async Task The_twin_goes_through_midnight_and_equals_its_rebuild()
    {
        var record = await Recorder();
        await Sum(Frames(-12, 20), record);
        var replica = await Restarted();
        var old = await News(OldDay);
        // The last message of the day is lost: the first message of the new day must make up for it.
        await replica.Take(old[..^1]);
        await replica.Tend(clock.GetUtcNow().AddSeconds(6));

        clock.Set(midnight.AddSeconds(3));
        await Sum([.. Frames(-9, 20), .. Frames(0.5, 20)], record);
        var expected = Samples.HashOf(Model, (await Stored(OldDay)).Concat(await Stored(NewDay)));
        var news = await News(NewDay);
        await replica.Take([news[0]]);
        Assert.Equal(old.Count, (await replica.Twin()).Versions[OldDay]);
        // Repeated and out of order, the result is still complete.
        await replica.Take([old[^1], .. news, news[0], .. old]);
        Assert.Equal(expected, (await replica.Twin()).Hash());

        // Another replica starts from what was saved on the old day.
        Assert.Equal(expected, (await (await Restarted()).Twin()).Hash());
        var rebuild = replica.Services.GetRequiredService<TwinState.Rebuilds.RebuildTwin>();
        var rebuilt = await rebuild.Rebuild(replica.Owner, Caller.Unknown, Cancel);
        Assert.Equal((expected, expected, 720L), (rebuilt.LiveHash, rebuilt.RebuiltHash, rebuilt.Readings));
    }

    [Fact]
    public async Task A_twin_goes_on_while_it_is_folded_again_beside_it()
    {
        var record = await Recorder();
        await Sum(Frames(-12, 20), record);
        var replica = await Restarted();
        var rebuild = replica.Services.GetRequiredService<TwinState.Rebuilds.RebuildTwin>();
        var begun = await rebuild.Begin(replica.Owner, Cancel);
        await Sum(Frames(-9, 20), record);
        await replica.Take(await News(OldDay));
        Assert.Equal(480, (await replica.Twin()).Twin.Sensors.Sum(s => s.Count));
        await rebuild.Fold(begun, Cancel);
        Assert.Equal(240, begun.Twin.Twin.Sensors.Sum(s => s.Count));
        var rebuilt = (await rebuild.Conclude(replica.Owner, begun, Caller.Unknown, "r", Cancel))!;
        var expected = Samples.HashOf(Model, await Stored(OldDay));
        Assert.Equal((expected, expected, 480L, "r"), (rebuilt.LiveHash, rebuilt.RebuiltHash, rebuilt.Readings, rebuilt.RebuildId));
        Assert.Same(begun.Twin, replica.Owner.Twin);

        // The fold does not know that a part is new.
        begun = await rebuild.Begin(replica.Owner, Cancel);
        await rebuild.Fold(begun, Cancel);
        await replica.Services.GetRequiredService<TwinState.Health.RecordMaintenance>().Record(
            replica.Owner, new(Asset, Model.Degradations[0].Component, "replaced", clock.GetUtcNow(), "ada", null), Caller.Unknown, Cancel);
        Assert.Null(await rebuild.Conclude(replica.Owner, begun, Caller.Unknown, "r", Cancel));
        Assert.NotSame(begun.Twin, replica.Owner.Twin);
    }

    [Fact]
    public async Task Without_news_the_log_tells_which_streams_have_grown()
    {
        var log = new LogReader(source);
        var registered = await log.Position(Cancel);
        await Sum(Frames(-12, 20), await Recorder());
        var first = await log.Position(Cancel);
        clock.Set(midnight.AddSeconds(3));
        await Sum(Frames(0.5, 20), await Recorder());
        Assert.Empty(await log.Grown(0, registered, Cancel));
        var grown = await log.Grown(registered, await log.Position(Cancel), Cancel);
        AnnouncedBatch[] newest = [(await News(OldDay))[^1] with { Batch = null }, (await News(NewDay))[^1] with { Batch = null }];
        Assert.Equal(newest, grown.OrderBy(n => n.Position));
        Assert.Equal(newest[1..], await log.Grown(first, await log.Position(Cancel), Cancel));

        // Without readings, they make the twin read them.
        var replica = await Restarted();
        await replica.Take(grown);
        Assert.Equal(480, (await replica.Twin()).Twin.Sensors.Sum(s => s.Count));
    }

    [Fact]
    public async Task A_twin_follows_a_new_name_and_is_saved_with_it()
    {
        var replica = await Restarted();
        Assert.Equal(Asset, (await replica.Twin()).Asset.Name);
        await using (var session = hosts[0].Services.GetRequiredService<IDocumentStore>().LightweightSession())
        {
            session.Events.Append(
                Streams.Asset(Asset),
                new AssetRegistered(Asset, "Line", Model.Id, Model.Version, Model.Hash, Model.Source, clock.GetUtcNow()));
            await session.SaveChangesAsync(Cancel);
        }
        await replica.Services.GetRequiredService<AssetRegistry>().Refresh(Cancel);
        await replica.Tend(clock.GetUtcNow().AddSeconds(6));
        Assert.Equal("Line", replica.Owner.Twin!.Asset.Name);
        // Saved, too, so that query shows it after a restart.
        await replica.Tend(clock.GetUtcNow().AddSeconds(12));
        await using var saved = source.CreateCommand("select view ->> 'name' from twin_state.twin where asset_id = $1");
        saved.Parameters.Add(new() { Value = Asset });
        Assert.Equal("Line", (string)(await saved.ExecuteScalarAsync(Cancel))!);
    }

    [Fact]
    public async Task A_replica_that_was_declared_dead_saves_nothing()
    {
        var services = Host(s => s.AddTwins().AddSingleton<WriteFence>((_, _) => throw new MemberDeadException("dead"))
            .AddOptions<TwinStateSettings>()).Services;
        await services.GetRequiredService<AssetRegistry>().Refresh(Cancel);
        var owner = services.GetRequiredService<Func<string, TwinOwner>>()(Asset);
        await Assert.ThrowsAsync<MemberDeadException>(async () => await owner.Append(await owner.Load(Cancel), [], Cancel));
        Assert.Null(owner.Twin);
        await using var saved = source.CreateCommand("select count(*) from twin_state.twin");
        Assert.Equal(0L, (long)(await saved.ExecuteScalarAsync(Cancel))!);
    }

    async Task<List<AnnouncedBatch>> News(string stream)
    {
        List<AnnouncedBatch> news = [];
        await foreach (var batch in new LogReader(source).After(stream, 0, Cancel))
            news.Add(new(Asset, stream, batch.Version, batch.Position, batch.RecordedAt, batch.Batch, null));
        return news;
    }
}

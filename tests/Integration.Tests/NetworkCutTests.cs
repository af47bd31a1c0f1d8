using System.Globalization;
using Integration.Tests.Running;
using Npgsql;

namespace Integration.Tests;

/// <summary>A system whose ingest and twin-state reach the servers through relays that can be cut.</summary>
public sealed class CableSystem : RunningSystem
{
    readonly Infrastructure infrastructure;

    public CableSystem(Infrastructure infrastructure)
        : base(infrastructure)
    {
        this.infrastructure = infrastructure;
        var postgres = new NpgsqlConnectionStringBuilder(infrastructure.Postgres(Name));
        var rabbit = new Uri(infrastructure.RabbitMq);
        Cables = new()
        {
            ["twin-state and RabbitMQ"] = new(rabbit.Host, rabbit.Port),
            ["twin-state and PostgreSQL"] = new(postgres.Host!, postgres.Port),
            ["ingest and PostgreSQL"] = new(postgres.Host!, postgres.Port),
            ["ingest and RabbitMQ"] = new(rabbit.Host, rabbit.Port),
            ["ingest and Mosquitto"] = new(infrastructure.Mqtt.Host, infrastructure.Mqtt.Port),
        };
    }

    public Dictionary<string, Cable> Cables { get; }

    protected override bool Estimates => true;

    protected override IReadOnlyDictionary<string, string> SettingsOf(string service)
    {
        if (service is not ("ingest" or "twin-state")) return base.SettingsOf(service);
        var direct = infrastructure.ConnectionsOf(service, Name);
        Dictionary<string, string> settings = new()
        {
            ["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(direct["ConnectionStrings__Postgres"])
            {
                Host = "127.0.0.1",
                Port = Cables[$"{service} and PostgreSQL"].Port,
            }.ConnectionString,
            ["ConnectionStrings__RabbitMq"] = new UriBuilder(direct["ConnectionStrings__RabbitMq"])
            {
                Host = "127.0.0.1",
                Port = Cables[$"{service} and RabbitMQ"].Port,
            }.Uri.OriginalString,
        };
        if (service == "ingest")
            settings["ConnectionStrings__Mqtt"] = new UriBuilder(direct["ConnectionStrings__Mqtt"])
            {
                Host = "127.0.0.1",
                Port = Cables["ingest and Mosquitto"].Port,
            }.Uri.OriginalString;
        return settings;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var cable in Cables.Values) await cable.DisposeAsync();
    }
}

/// <summary>The network between two parts is cut under load, then restored.</summary>
[Collection<OnOneCableSystem>]
public class NetworkCutTests(CableSystem system, ITestOutputHelper output) : SystemTest<CableSystem>(system)
{
    const int MessagesPerSecond = 80;
    const int ReadingsPerMessage = 12;
    const int MessagesAway = 640;

    [Fact]
    public async Task Whatever_is_cut_off_published_is_stored_duplicate_or_rejected()
    {
        string[] assets = [.. Enumerable.Range(0, 4).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, MessagesPerSecond);
        using var stop = new CancellationTokenSource();
        var publishing = load.Run(stop.Token);

        await load.Sent(400);
        foreach (var (between, cable) in Pollux.Cables)
        {
            cable.Cut();
            await load.Sent(MessagesAway);
            var behind = await Behind(assets, load);
            // Without RabbitMQ ingest goes on, and twin-state looks into the log every few seconds; every other cut stops the flow.
            if (!between.EndsWith("RabbitMQ", StringComparison.Ordinal))
                Assert.True(behind > MessagesAway / 2 * ReadingsPerMessage,
                    $"The cut between {between} was none: only {behind} readings are not in the API.");
            cable.Mend();
            var mended = TimeProvider.System.GetTimestamp();
            var wanted = assets.ToDictionary(a => a, a => load.Good(a).Count);
            foreach (var asset in assets)
                await Eventually.Get(
                    $"after a cut between {between} the twin of {asset} has caught up", () => Pollux.Get($"/api/v1/twins/{asset}"), twin =>
                        (long)twin["readings"]! >= wanted[asset], show: twin => $"{twin["readings"]} of {wanted[asset]}");
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture,
                    $"cut of {MessagesAway} messages between {between}: {behind} readings behind; everything published before it was "
                        + $"mended is in the API {TimeProvider.System.GetElapsedTime(mended).TotalSeconds:0.00} s after"));
        }
        await stop.CancelAsync();
        await publishing;
        await Accounts.AssertComplete(Pollux, load, assets);
        foreach (var asset in assets) await Accounts.AssertTwin(Pollux, load, asset);
        output.WriteLine($"{load.Messages} messages, {gateway.Transmissions} transmissions");
    }

    async Task<long> Behind(string[] assets, Load load)
    {
        var behind = 0L;
        foreach (var asset in assets) behind += load.Good(asset).Count - (long)(await Pollux.Get($"/api/v1/twins/{asset}"))["readings"]!;
        return behind;
    }
}

using System.Globalization;
using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>
/// Two replicas of ingest and twin-state under load, while parts are killed, frozen or cut off at random. POLLUX_CHAOS_ROUNDS and
/// POLLUX_CHAOS_SEED choose how many and which.
/// </summary>
[Collection<OnOneCableSystem>]
public class ChaosTests(CableSystem system, ITestOutputHelper output) : SystemTest<CableSystem>(system)
{
    const int MessagesPerSecond = 60;
    const int MessagesAway = 10 * MessagesPerSecond, MessagesFrozen = 30 * MessagesPerSecond, MessagesBetween = 5 * MessagesPerSecond;

    // EX_SOFTWARE: a replica that was declared dead ends when it runs again.
    const int DeclaredDead = 70;

    static int Given(string name, int otherwise) => int.Parse(
        Environment.GetEnvironmentVariable(name) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Whatever_is_killed_frozen_or_cut_off_nothing_is_lost_or_doubled_and_twins_equal_their_rebuild()
    {
        ServiceProcess[] ingest = [Pollux.Ingest, Pollux.Service("ingest", "Ingest", new() { ["Ingest__ClientId"] = $"{Pollux.Name}-1" })];
        ServiceProcess[] twinState = [Pollux.TwinState, Pollux.Service("twin-state", "TwinState")];
        await ingest[1].Start();
        await twinState[1].Start();
        string[] assets = [.. Enumerable.Range(0, 8).Select(_ => Pollux.NextAsset())];
        await using var gateway = new StoreAndForward(Pollux.Servers.Mqtt);
        gateway.Start();
        var load = new Load(gateway, Pollux.Model, assets, MessagesPerSecond);
        using var stop = new CancellationTokenSource();
        var publishing = load.Run(stop.Token);
        await load.Sent(MessagesBetween);

        var chance = new Random(Given("POLLUX_CHAOS_SEED", 1));
        var (frozen, recovered) = (0, 0);
        for (var round = 1; round <= Given("POLLUX_CHAOS_ROUNDS", 2); round++)
        {
            var replicas = chance.Next(2) == 0 ? ingest : twinState;
            var replica = replicas[chance.Next(2)];
            // Every other round is about a replica.
            var fault = round % 2 == 1 ? chance.Next(2) : 2 + chance.Next(2);
            var what = await (fault switch
            {
                0 => Freeze(replica),
                1 => Kill(replica),
                2 => KillServer(new[] { "rabbitmq", "postgres", "mosquitto" }[chance.Next(3)]),
                _ => Cut(Pollux.Cables.ElementAt(chance.Next(Pollux.Cables.Count))),
            });
            await load.Sent(MessagesBetween);
            output.WriteLine($"round {round}: {what}");
        }
        await stop.CancelAsync();
        await publishing;
        foreach (var service in ingest.Concat(twinState))
        {
            // A machine that is slow for seconds can have ended it.
            if (!service.IsRunning)
            {
                recovered++;
                await Restart(service);
            }
            await service.UntilReady();
        }
        await Eventually.Get("the broker has everything", () => Task.FromResult(gateway.Unacknowledged), left => left == 0);
        await Accounts.AssertComplete(Pollux, load, assets);
        foreach (var asset in assets)
            await Accounts.AssertRebuildIsEqual(Pollux, await Accounts.AssertTwin(Pollux, load, asset));
        output.WriteLine(
            $"{load.Messages} messages, {gateway.Transmissions} transmissions; {frozen} replicas frozen, {recovered} had ended by "
                + "themselves at the end");

        async Task<string> Freeze(ServiceProcess service)
        {
            frozen++;
            await service.Freeze();
            await load.Sent(MessagesFrozen);
            await service.Thaw();
            Assert.Equal(DeclaredDead, await service.Ended());
            await Restart(service);
            return $"{service.Name} frozen";
        }

        async Task<string> Kill(ServiceProcess service)
        {
            await service.Kill();
            await load.Sent(MessagesAway);
            await service.Start();
            return $"{service.Name} killed";
        }

        async Task<string> KillServer(string server)
        {
            await Pollux.Servers.Kill(server);
            await load.Sent(MessagesAway);
            await Pollux.Servers.Start(server);
            return $"{server} killed";
        }

        async Task<string> Cut(KeyValuePair<string, Cable> cable)
        {
            cable.Value.Cut();
            await load.Sent(MessagesAway);
            cable.Value.Mend();
            return $"cut between {cable.Key}";
        }

        static async Task Restart(ServiceProcess service)
        {
            await service.Kill();
            await service.Start();
        }
    }
}

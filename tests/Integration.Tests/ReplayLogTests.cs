using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Contracts.Events;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>The readings in one system's log, played into another.</summary>
[Collection<OnOneSystem>]
public partial class ReplayLogTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    static readonly DateOnly Day = Streams.DayOf(TimeProvider.System.GetUtcNow()).AddDays(-2);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replayed_log_makes_the_same_twin_elsewhere_and_a_part_of_it_only_what_was_asked_for()
    {
        var (asset, other) = (Pollux.UnregisteredAsset("replayed"), Pollux.UnregisteredAsset("not-replayed"));
        await using var log = await SealingLog.Create(Pollux.Servers, Day);
        var yaml = await File.ReadAllTextAsync(Path.Combine(Infrastructure.ShippedAssets, "extrusion-line.asset.yaml"), Cancel);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)));
        var at = new DateTimeOffset(Day.ToDateTime(new TimeOnly(6, 0)), TimeSpan.Zero);
        foreach (var id in new[] { asset, other })
            await log.Append((Streams.Asset(id), new AssetRegistered(id, id, "extrusion-line", 1, hash, yaml, at)));
        for (var i = 0; i < 20; i++) await log.Append(Readings(asset, i), Readings(other, i));
        await using var query = log.Service("query", "Query");
        await query.Start();

        var (half, end) = (await Position(asset, 10), await Position(asset, 20));
        var first = await Replay("--asset", asset, "--to", $"{half}");
        Assert.Contains($"120 readings of 1 assets, recorded after position 0 up to {half}, published and acknowledged", first,
            StringComparison.Ordinal);
        Assert.True(Equal().IsMatch(first), first);
        Assert.Contains($"120 readings of 1 assets, recorded after position {half} up to {end}",
            await Replay("--asset", asset, "--from", $"{half}", "--to", $"{end}"), StringComparison.Ordinal);
        var there = JsonNode.Parse(await query.Http.GetStringAsync($"/api/v1/twins/{asset}?knownAt={end}", Cancel))!;
        await Eventually.Get(
            "both twins are equal", () => Pollux.Get($"/api/v1/twins/{asset}"),
            here => ((long)here["readings"]!, (string)here["stateHash"]!) == (240, (string)there["stateHash"]!),
            here => here.ToJsonString());
        // What came before is there already: the same again changes nothing.
        var again = await Replay("--asset", asset);
        Assert.True(Equal().IsMatch(again), again);
        Assert.Empty(await Pollux.Log.Events<AssetRegistered>(Streams.Asset(other)));

        Assert.Contains("--speed must be above 0", await Replay("--speed", "0"), StringComparison.Ordinal);
        Assert.Contains("has no asset 'nobody'", await Replay("--asset", "nobody"), StringComparison.Ordinal);
        Assert.Contains("knownAt", await Replay("--to", "999999"), StringComparison.Ordinal);

        (string, object) Readings(string id, int number)
        {
            var frame = Samples.Frame(Pollux.Model, Micros.From(at.AddSeconds(number)), number);
            return (Streams.Telemetry(id, Day), new ReadingsRecorded(TelemetryCodec.Encode(frame)));
        }

        Task<long> Position(string id, int version) =>
            log.Ask<long>($"select seq_id from events.mt_events where stream_id = '{Streams.Telemetry(id, Day)}' and version = {version}");

        Task<string> Replay(params string[] arguments) => Infrastructure.Said(
            "dotnet",
            [ServiceProcess.Assembly("Cli"), "replay-log", "--source", query.Http.BaseAddress!.OriginalString,
                .. arguments.Contains("--speed") ? arguments : [.. arguments, "--speed", "1e9"]],
            new Dictionary<string, string>
            {
                ["Services__Query"] = Pollux.Query.Http.BaseAddress!.OriginalString,
                ["ConnectionStrings__Mqtt"] = Pollux.Servers.Mqtt.OriginalString,
            });
    }

    [GeneratedRegex("here +[0-9a-f]+ +equal")]
    private static partial Regex Equal();
}

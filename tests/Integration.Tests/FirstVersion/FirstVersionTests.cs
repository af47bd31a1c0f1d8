using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Integration.Tests.Running;
using Marten;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Integration.Tests.FirstVersion;

/// <summary>A log that the first version wrote is read by this one.</summary>
public class FirstVersionTests(FirstVersionSystem system) : SystemTest<FirstVersionSystem>(system), IClassFixture<FirstVersionSystem>
{
    const string Asset = FirstVersionSystem.Asset;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_read_whole_by_Marten_and_from_the_table()
    {
        using var store = DocumentStore.For(options =>
        {
            EventLog.Configure(options, isDevelopment: false);
            options.Connection(Pollux.Servers.Postgres(Pollux.Name));
        });
        await using var session = store.QuerySession();
        Dictionary<string, int> read = [];
        foreach (var (stream, version, type, json) in await FirstEvents())
        {
            var e = (await session.Events.FetchStreamAsync(stream, version, token: Cancel))[^1].Data;
            Assert.Equal(EventLog.EventNames[e.GetType()], type);
            read[type] = read.GetValueOrDefault(type) + 1;
            if (json is null) continue;
            // Nothing that was stored is lost on the way.
            var expected = JsonNode.Parse(json);
            foreach (var same in new[] { e, EventLog.Read(type, json) })
            {
                var now = JsonNode.Parse(store.Options.Serializer().ToJson(same));
                Assert.True(JsonNode.DeepEquals(expected, now), $"was {expected}\nis  {now}");
            }
        }
        Assert.Equal(
            [
                "alarm_acknowledged", "alarm_cleared", "alarm_raised", "asset_registered", "readings_recorded", "readings_rejected",
                "rejection_replayed", "twin_rebuilt",
            ],
            read.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_services_come_up_with_its_twins_which_equal_their_rebuild_and_go_on()
    {
        var twin = await Eventually.Get(
            "the twin is there", () => Pollux.Get($"/api/v1/twins/{Asset}"), t => (long)t["readings"]! > 0, t => t.ToJsonString());
        var readings = await Pollux.Log.Readings(Asset);
        Assert.Equal((35, "Line 1", "extrusion-line"), (readings.Count, (string)twin["name"]!, (string)twin["modelId"]!));
        // The asset still follows the model in its first registration.
        var registered = Assert.Single(await Pollux.Log.Events<AssetRegistered>(Streams.Asset(Asset)));
        Assert.Equal(
            Samples.HashOf(ReadAssetModel.FromText(registered.ModelYaml, "first"), readings), (string)twin["stateHash"]!);
        var values = twin["sensors"]!.AsArray().Where(s => (long)s!["readings"]! > 0)
            .ToDictionary(s => (string)s!["id"]!, s => ((double)s!["value"]!, (long)s["readings"]!));
        Assert.Equal((92, 15), values["melt-pressure"]);
        Assert.Equal((219.5, 10), values["melt-temperature"]);
        Assert.Equal((0.12345678901239, 10), values["screw-speed"]);
        var alarm = (await Pollux.Get($"/api/v1/alarms?asset={Asset}"))["items"]!.AsArray()
            .Single(a => (string)a!["limitId"]! == "melt-pressure-high")!;
        Assert.Equal(("closed", 210.5, "ada", "seen"),
            ((string)alarm["state"]!, (double)alarm["value"]!, (string)alarm["acknowledgedBy"]!, (string)alarm["comment"]!));
        var rejected = (await Pollux.Get($"/api/v1/rejected?asset={Asset}"))["items"]!.AsArray();
        Assert.Equal(["malformed-json", "unknown-sensor"],
            rejected.Select(r => (string)r!["reasons"]![0]!["code"]!).Order(StringComparer.Ordinal));

        using var answer = await Pollux.Query.Http.PostAsJsonAsync("/api/v1/rebuilds", new { }, Cancel);
        var id = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["id"]!;
        var rebuild = await Eventually.Get(
            "all twins are rebuilt", () => Pollux.Get($"/api/v1/rebuilds/{id}"), r => (string)r["state"]! == "finished",
            r => r.ToJsonString());
        Assert.True((int)rebuild["equal"]! == (int)rebuild["assets"]! && (int)rebuild["assets"]! >= 2, rebuild.ToJsonString());

        await Pollux.Store(Asset, new Reading(7, Samples.Now, 95.5));
        Assert.Equal(36, (long)(await Pollux.Get($"/api/v1/twins/{Asset}"))["readings"]!);
    }

    /// <summary>What the first version wrote; the JSON is null for readings.</summary>
    async Task<List<(string Stream, long Version, string Type, string? Json)>> FirstEvents()
    {
        await using var command = Pollux.Database.CreateCommand(
            "select stream_id, version, type, data::text from events.mt_events where seq_id <= $1 order by seq_id");
        command.Parameters.Add(new() { Value = Pollux.End });
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        List<(string, long, string, string?)> events = [];
        while (await reader.ReadAsync(Cancel))
        {
            var type = reader.GetString(2);
            events.Add((reader.GetString(0), reader.GetInt64(1), type, type == "readings_recorded" ? null : reader.GetString(3)));
        }
        return events;
    }
}

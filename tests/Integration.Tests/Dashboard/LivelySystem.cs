using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Integration.Tests.Running;

namespace Integration.Tests.Dashboard;

/// <summary>A system with enough history that every page has something to show.</summary>
public sealed class LivelySystem(Infrastructure infrastructure) : AnsweringDashboard(infrastructure)
{
    /// <summary>Values of the parameters in page addresses.</summary>
    public IReadOnlyDictionary<string, string> Addresses { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var asset = await LivelyMachine();
        await Plant(asset);
        var more = new[] { new { target = "production-rate", kind = "scale", value = 1.15 } };
        var colder = new[] { new { target = "zone-4-set-point", kind = "offset", value = -10.0 } };
        Addresses = new Dictionary<string, string>
        {
            ["Asset"] = asset,
            ["Model"] = "pump-loop",
            ["Then"] = TimeProvider.System.GetUtcNow().UtcDateTime.ToString(
                "yyyy-MM-ddTHH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["Pump"] = await PumpLoop(),
            ["A"] = await Scenario(new { asset, mode = "steady", ensemble = new { size = 50 }, interventions = more }),
            ["B"] = await Scenario(new
            {
                asset,
                mode = "steady",
                ensemble = new { size = 50 },
                interventions = colder,
                name = "Zone 4 colder",
            }),
            ["ScenarioId"] = await Scenario(new { asset, horizonSeconds = 7200, ensemble = new { size = 50 }, interventions = more }),
            ["Id"] = await Post("/api/v1/decisions", new
            {
                asset,
                component = "gearbox-bearing",
                remainingLife = new { shape = 3.0, scaleDays = 30.0 },
                options = new object[]
                {
                    new { kind = "now" },
                    new { kind = "wait", weeks = 1.0 },
                    new { kind = "wait", weeks = 3.0 },
                    new { kind = "run-to-failure" },
                },
            }),
        };
    }

    /// <summary>
    /// A machine with half an hour of history, an alarm, an uncertain and a stale value, and a rejected payload.
    /// </summary>
    async Task<string> LivelyMachine()
    {
        var asset = NextAsset();
        await using var device = await Device.Connect(Servers.Mqtt);
        var now = TimeProvider.System.GetUtcNow();
        for (var second = -1800; second <= 0; second += 4)
        {
            var (at, wave) = (now.AddSeconds(second), Math.Sin(second / 60.0));
            await Publish(
                device, asset,
                [
                    .. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-temperature", 150 + 10 * z + wave * z, at)),
                    .. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-set-point", 150.0 + 10 * z, at)),
                    ("melt-temperature", 236 + 2 * wave, at), ("melt-pressure", second == 0 ? 210 : 82 + 3 * wave, at),
                    ("melt-flow", 51 + wave, at), ("screw-speed", 80, at), ("motor-power", 9.8 + 0.2 * wave, at),
                    ("bearing-vibration", 1.2 + 0.05 * wave, at), ("motor-current", second == 0 ? 130 : 16 + wave, at),
                ]);
        }
        await Publish(device, asset, ("bearing-temperature", 51.5, now.AddMinutes(-20)));
        await Publish(device, asset, ("no-such-sensor", 1.5, now));
        await Eventually.Get(
            "the alarm is raised", async () => (await Get($"/api/v1/twins/{asset}"))["alarms"]!.AsArray().Count, alarms => alarms > 0);
        await Eventually.Get(
            "the payload is rejected", () => Get($"/api/v1/rejected?asset={asset}"), list => list["items"]!.AsArray().Count == 1);
        return asset;
    }

    /// <summary>A site with a hall and a line that the machine is in.</summary>
    async Task Plant(string asset)
    {
        foreach (var (id, model) in new[] { ("site-1", "site"), ("hall-1", "hall"), ("line-1", "line") })
            await Put($"/api/v1/assets/{id}", new { model, name = $"{char.ToUpperInvariant(id[0])}{id[1..]}".Replace('-', ' ') });
        foreach (var (source, target) in new[] { ("hall-1", "site-1"), ("line-1", "hall-1"), (asset, "line-1") })
            await Put($"/api/v1/assets/{source}/relationships/part-of/{target}", new { by = "eve" });
    }

    async Task Put(string path, object body)
    {
        using var answer = await Query.Http.PutAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A machine with readings whose model has no physics.</summary>
    async Task<string> PumpLoop()
    {
        var asset = await RegisterBarePump();
        await using var device = await Device.Connect(Servers.Mqtt);
        var now = TimeProvider.System.GetUtcNow();
        // Readings are rejected until ingest knows the machine; repeated afterwards, they are duplicates.
        await Eventually.Is("ingest knows it", async () =>
        {
            await Frame(-600);
            return (await Log.Readings(asset)).Count > 0;
        });
        for (var second = -600; second <= 0; second += 4) await Frame(second);
        await Eventually.Get("its readings are stored", async () => (await Log.Readings(asset)).Count, count => count == 151 * 4);
        return asset;

        Task Frame(int second)
        {
            var (at, wave) = (now.AddSeconds(second), Math.Sin(second / 40.0));
            return Publish(device, asset, ("pressure", 0.4 + 0.1 * wave, at), ("volume-flow", 32 + wave, at),
                ("motor-current", 1.1 + 0.1 * wave, at), ("motor-temperature", 71 + wave, at));
        }
    }

    async Task<string> Scenario(object question)
    {
        var id = await Post("/api/v1/scenarios", question);
        await Eventually.Get(
            "the scenario is answered", () => Get($"/api/v1/scenarios/{id}"), s => (string)s["state"]! == "completed", show: s =>
                s.ToJsonString());
        return id;
    }

    async Task<string> Post(string path, object question)
    {
        using var answer = await Query.Http.PostAsJsonAsync(path, question);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return (string)JsonNode.Parse(text)!["id"]!;
    }
}

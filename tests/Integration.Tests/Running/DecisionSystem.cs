using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Integration.Tests.Running;

/// <summary>A system with simulation, and bearing histories that are imported much faster than real time.</summary>
public sealed class DecisionSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    public const string Bearing = "gearbox-bearing";

    /// <summary>Growth of ln(vibration) per day after the damage begins: 7.1 mm/s is reached after 29.6 days.</summary>
    public const double Growth = 0.06;

    public ServiceProcess Simulation { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Simulation = Service("simulation", "Simulation");
        await Simulation.Start();
    }

    /// <summary>Imports part of a bearing's life and waits until twin-state has saved its condition.</summary>
    public async Task<JsonNode> Live(string asset, DateTimeOffset start, double fromDays, double toDays, double damageFromDays)
    {
        var cancel = TestContext.Current.CancellationToken;
        var text = new StringBuilder("time,bearing-vibration,screw-speed,melt-pressure\n");
        for (var i = (long)(fromDays * 288); i < (long)(toDays * 288); i++)
        {
            var days = i / 288.0;
            // Deterministic but irregular scatter, enough for a baseline.
            var noise = 0.04 * Math.Sin(12.9898 * i + 78.233 * (i % 97)) + 0.03 * Math.Cos(4.1414 * i * i % 1000);
            var vibration = 1.2 * Math.Exp(Math.Max(0, days - damageFromDays) * Growth + noise);
            text.Append(CultureInfo.InvariantCulture, $"{start.AddDays(days).UtcDateTime:O},{vibration:0.0000},80,82\n");
        }
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text.ToString()));
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await Ingest.Http.PostAsync($"/api/v1/assets/{asset}/telemetry:import", body, cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancel));
        // The last window still waits for late readings.
        var expected = start.AddDays(toDays).AddMinutes(-35);
        return await Eventually.Get(
            "the condition is saved", () => Health(asset), part =>
                part["condition"]!["at"] is { } at && (DateTimeOffset)at >= expected, show: part => part["condition"]!.ToJsonString());
    }

    /// <summary>The bearing's health.</summary>
    public async Task<JsonNode> Health(string asset) => (await Get($"/api/v1/twins/{asset}/health?component={Bearing}"))["parts"]![0]!;

    /// <summary>Posts a body and returns status and answer.</summary>
    public async Task<(int Status, JsonNode Body)> Post(string path, object question)
    {
        using var answer = await Query.Http.PostAsJsonAsync(path, question, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }
}

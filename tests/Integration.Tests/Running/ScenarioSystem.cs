using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using TwinModel.Telemetry;

namespace Integration.Tests.Running;

/// <summary>A system with simulation.</summary>
public sealed class ScenarioSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    public const ushort ScrewSpeed = 9;

    public ServiceProcess Simulation { get; private set; } = null!;

    protected override bool Estimates => true;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Simulation = Service("simulation", "Simulation");
        await Simulation.Start();
    }

    /// <summary>Requests a scenario; anything but 202 fails.</summary>
    public async Task<string> Ask(object question)
    {
        using var answer = await Query.Http.PostAsJsonAsync("/api/v1/scenarios", question, TestContext.Current.CancellationToken);
        var scenario = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Accepted, scenario.ToJsonString());
        Assert.Equal($"/api/v1/scenarios/{scenario["id"]}", answer.Headers.Location?.OriginalString);
        return (string)scenario["id"]!;
    }

    /// <summary>Waits for a state; fails on any other final state.</summary>
    public async Task<JsonNode> Until(string scenario, string state)
    {
        var view = await Eventually.Get(
            $"scenario {scenario} is {state}", () => Get($"/api/v1/scenarios/{scenario}"), s =>
                (string)s["state"]! == state || (string)s["state"]! is "completed" or "failed" or "cancelled",
            show: s => $"{s["state"]} {s["progress"]} {s["reason"]}");
        Assert.True((string)view["state"]! == state, view.ToJsonString());
        return view;
    }

    /// <summary>Requests a scenario and waits for its result.</summary>
    public async Task<(JsonNode Scenario, byte[] Result)> Answer(object question)
    {
        var scenario = await Until(await Ask(question), "completed");
        return (scenario, await Result((string)scenario["id"]!));
    }

    /// <summary>The result as JSON.</summary>
    public Task<byte[]> Result(string scenario) =>
        Query.Http.GetByteArrayAsync($"/api/v1/scenarios/{scenario}/result", TestContext.Current.CancellationToken);

    /// <summary>Changes the tables of simulation behind its back.</summary>
    public async Task Execute(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static string Time(long micros) =>
        Micros.ToTime(micros).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}

using Contracts.Events;
using Contracts.Messages;
using Contracts.Scenarios;
using Simulation.Scenarios;

namespace Simulation.Tests;

/// <summary>Test data shared by several tests.</summary>
static class Given
{
    public const string Id = "01a20eaa-d5f7-756f-b508-9a6681e910b0";

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly ScenarioDefinition Definition = new(
        "extrusion-line", Noon, 42, "steady", 0, [new("production-rate", "scale", 1.15, "", 0, 0, 0)], 200, "latin-hypercube", 1, 1e-4,
        "rodas3", 100, []);

    public static RequestScenario A_request { get; } = new(Id, "more", "extrusion-line", "ab12", Definition, Noon);

    public static ScenarioRequested Requested { get; } = new(Id, "extrusion-line", "more", "extrusion-line", "ab12", Definition, Noon);

    public static ScenarioStarted Started { get; } = new(Id, "ee", "ff", 9, Noon.AddSeconds(1));

    public static ScenarioView After(params object[] events) => RestoreFromLog.FoldEvents(events)!;

    public static ScenarioResult A_result(params string[] warnings) => new(
        Definition, [0], [], [], [new("melt-temperature", "melt temperature", "degC", A_band(238), A_band(241), A_band(3))], [], [], null,
        [],
        new("steady", 402, 0, 0, 0, 0, 0, 0, 0),
        new("extrusion-line", "ab12", 42, "ff", new Dictionary<string, double>(), new Dictionary<string, double>(), 1, null), [], warnings,
        null);

    static Band A_band(double p50) => new(p50, p50 - 2, p50 - 1, p50, p50 + 1, p50 + 2);
}

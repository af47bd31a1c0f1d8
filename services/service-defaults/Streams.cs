using System.Globalization;
using TwinModel.Telemetry;

namespace ServiceDefaults;

/// <summary>Names of the log's streams. Each stream is written by one service.</summary>
public static class Streams
{
    /// <summary>
    /// How far a device's clock may be ahead of the log's: twice the largest tolerance that ingest can be given. A reading may be recorded
    /// that much before its sample time, or any time after it.
    /// </summary>
    public static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(2 * SampleTimes.MostSecondsAhead);

    /// <summary>What the names of streams begin with, as far as the slash; <see cref="Graph"/>, <see cref="Models"/> and <see
    /// cref="Policies"/> are streams themselves.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "asset", "calibration", "correction", "decision", "graph", "model", "models", "policies", "questions", "rebuild", "refused",
        "rejected", "retention", "scenario", "seal", "telemetry", "twin",
    ];

    /// <summary>Whether there can be streams of a name, or that begin like it.</summary>
    /// <param name="name">The name, or how it begins with * at its end.</param>
    public static bool CanBe(string name) => name.EndsWith('*')
        ? Kinds.Any(k => $"{k}/".StartsWith(name[..^1], StringComparison.Ordinal) || name.StartsWith($"{k}/", StringComparison.Ordinal))
        : Kinds.Any(k => name.StartsWith($"{k}/", StringComparison.Ordinal)) || name is Graph or Policies or Models;

    /// <summary>Readings of an asset recorded on a UTC day; written by ingest.</summary>
    public static string Telemetry(string assetId, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"telemetry/{assetId}/{day:yyyy-MM-dd}");

    /// <summary>Rejections recorded on a UTC day; written by ingest.</summary>
    public static string Rejected(string assetId, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"rejected/{assetId}/{day:yyyy-MM-dd}");

    /// <summary>Corrections of an asset's readings; written by ingest.</summary>
    public static string Correction(string assetId) => $"{Corrections}{assetId}";

    /// <summary>True for a stream of corrections.</summary>
    public static bool IsCorrection(string stream) => stream.StartsWith(Corrections, StringComparison.Ordinal);

    const string Corrections = "correction/";

    /// <summary>A model, by its hash; written by twin-state.</summary>
    public static string Model(string hash) => $"model/{hash}";

    /// <summary>
    /// The versions of models that were put in force at run time, in one stream, so that each follows the one before; written by
    /// twin-state.
    /// </summary>
    public const string Models = "models";

    /// <summary>Registrations of an asset; written by twin-state.</summary>
    public static string Asset(string assetId) => $"asset/{assetId}";

    /// <summary>
    /// The relationships between all assets, in one stream, since its rules concern several of them; written by twin-state.
    /// </summary>
    public const string Graph = "graph";

    /// <summary>The policies of all tenants, in one stream, since its rules concern several of them; written by twin-state.</summary>
    public const string Policies = "policies";

    /// <summary>Commands about an asset that were refused when nobody waited for them any more; written by twin-state.</summary>
    public static string Refused(string assetId) => $"refused/{assetId}";

    /// <summary>What auditors asked on a UTC day; written by twin-state.</summary>
    public static string Questions(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"questions/{day:yyyy-MM-dd}");

    /// <summary>Alarms, rebuilds, condition and maintenance of a twin; written by twin-state.</summary>
    public static string Twin(string assetId) => $"twin/{assetId}";

    /// <summary>The asset that a stream belongs to: what comes after the kind of stream.</summary>
    public static string AssetOf(string stream) => stream.Split('/')[1];

    /// <summary>Events of a scenario; written by simulation.</summary>
    public static string Scenario(string scenarioId) => $"scenario/{scenarioId}";

    /// <summary>Events of a maintenance decision; written by simulation.</summary>
    public static string Decision(string decisionId) => $"decision/{decisionId}";

    /// <summary>Calibrations of an asset's physics; written by simulation.</summary>
    public static string Calibration(string assetId) => $"calibration/{assetId}";

    /// <summary>A rebuild of several twins; written by twin-state.</summary>
    public static string Rebuild(string rebuildId) => $"{Rebuilds}{rebuildId}";

    /// <summary>What the names of all rebuilds begin with.</summary>
    public const string Rebuilds = "rebuild/";

    /// <summary>Seals of a UTC day; written by ingest.</summary>
    public static string Seal(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"seal/{day:yyyy-MM-dd}");

    /// <summary>What retention did to a sealed day; written by <c>./pollux forget</c>.</summary>
    public static string Retention(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"retention/{day:yyyy-MM-dd}");

    /// <summary>True for a stream of readings.</summary>
    public static bool IsTelemetry(string stream) => stream.StartsWith("telemetry/", StringComparison.Ordinal);

    /// <summary>The UTC day of a time.</summary>
    public static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    /// <summary>
    /// Telemetry streams of an asset from one day to another, oldest first. Nothing is recorded before the asset is registered.
    /// </summary>
    public static string[] TelemetryBetween(string assetId, DateTimeOffset from, DateTimeOffset to) =>
        [.. Enumerable.Range(0, Math.Max(0, DayOf(to).DayNumber - DayOf(from).DayNumber + 1))
            .Select(d => Telemetry(assetId, DayOf(from).AddDays(d)))];
}

using System.Globalization;
using Query.Registry;
using ServiceDefaults;
using static Query.Lineages.LineageGraph;

namespace Query.Lineages;

/// <summary>
/// Adds to a graph what values, answers and decisions come from: events with their messages and people, models, parameters.
/// </summary>
sealed class TraceSources(ReadLogged log, KnownAssets registry)
{
    /// <summary>The event at a position, with the messages that it holds and who asked for it.</summary>
    public async Task Event(LineageGraph graph, string? to, long position, CancellationToken cancel)
    {
        if (await log.At(position, cancel) is { } e) Event(graph, to, e);
    }

    /// <inheritdoc cref="Event(LineageGraph, string?, long, CancellationToken)"/>
    public static string? Event(LineageGraph graph, string? to, LoggedEvent e)
    {
        var key = graph.Add(to, Node(
            "event", Text(e.Position), $"{e.Type} in {e.Stream}, version {Text(e.Version)}, recorded at {Text(e.RecordedAt)}", e.Position,
            e.TraceId, $"/api/v1/log/events?after={Text(e.Position - 1)}&limit=1"));
        if (key is null) return null;
        foreach (var (i, origin) in MessageOrigin.Of(e.Headers).Index())
        {
            if (origin.ReceivedAt is not { } at) graph.Add(key, Node("import", origin.Source, "readings of a file, imported over HTTP"));
            else
                graph.Add(key, Node(
                    "message", origin.ToString(),
                    $"MQTT message on {origin.Source}{(origin.Client is null ? "" : $" from {origin.Client}")}, received at {Text(at)}",
                    // The event has the trace of its first message.
                    traceId: i == 0 ? e.TraceId : null));
        }
        if (e.Actor is { } actor) graph.Add(key, Node("person", actor, e.Reason ?? "gave no reason"));
        return key;
    }

    /// <summary>The model that an asset followed, with its registration.</summary>
    /// <param name="graph">Receives them.</param>
    /// <param name="to">Key of what comes from it.</param>
    /// <param name="assetId">The asset.</param>
    /// <param name="upTo">As of this log position.</param>
    /// <param name="hash">Its hash if it is known; null: the newest one.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task Model(LineageGraph graph, string? to, string assetId, long upTo, string? hash, CancellationToken cancel)
    {
        var registered = await log.Newest(Streams.Asset(assetId), upTo, cancel, hash is null ? null : ("modelHash", hash));
        if ((hash ?? (string?)registered?.Data?["modelHash"]) is not { } known) return;
        var stored = await log.Newest(Streams.Model(known), long.MaxValue, cancel);
        var about = stored?.Data ?? registered?.Data;
        var key = graph.Add(to, Node(
            "model", known, $"{about?["modelId"]}, version {about?["modelVersion"]}",
            stored?.Position ?? registered?.Position, link: $"/api/v1/assets/{Uri.EscapeDataString(assetId)}/model"));
        if (registered is not null) Event(graph, key, registered);
    }

    /// <summary>The parameters of an asset's physics: of the calibration in force, or the model's own.</summary>
    /// <param name="graph">Receives them.</param>
    /// <param name="to">Key of what comes from them.</param>
    /// <param name="assetId">The asset.</param>
    /// <param name="modelHash">Calibrated parameters belong to a revision of the model.</param>
    /// <param name="upTo">As of this log position.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task Parameters(LineageGraph graph, string? to, string assetId, string modelHash, long upTo, CancellationToken cancel)
    {
        await registry.Refresh(cancel);
        if (registry.ParametersOf(assetId, upTo, null) is not { Parameters: { } set } adopted || set.ModelHash != modelHash)
        {
            graph.Add(to, Node("parameters", modelHash, "the model's own values: no calibration of it was in force"));
            return;
        }
        var key = graph.Add(to, Node(
            "parameters", set.CalibrationId, $"of a calibration, in force since {Text(adopted.Since)} by decision of {adopted.By}",
            adopted.Position, link: $"/api/v1/calibrations/{Uri.EscapeDataString(set.CalibrationId)}"));
        await Event(graph, key, adopted.Position, cancel);
    }

    /// <summary>The newest readings of an asset that were recorded up to a position, not later than a time.</summary>
    public async Task Readings(LineageGraph graph, string? to, string assetId, long upTo, DateTimeOffset time, CancellationToken cancel)
    {
        foreach (var day in Streams.TelemetryBetween(assetId, time.AddDays(-1), time).Reverse())
        {
            if (await log.Newest(day, upTo, cancel) is not { } newest) continue;
            Event(graph, to, newest);
            return;
        }
    }

    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture);

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

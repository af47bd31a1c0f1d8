using System.ComponentModel;
using System.Globalization;
using Query.Alarms;
using Query.Api;
using Query.Calibrations;
using Query.Estimates;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using Query.Twins;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;
using static Query.Lineages.LineageGraph;
using static Query.Lineages.TraceSources;

namespace Query.Lineages;

/// <summary>Says where a value, an estimate, an alarm or an answer comes from.</summary>
sealed class FindLineage(
    ReadLogged log, TraceSources sources, FindReading readings, FindPast past, GetAlarm alarms, GetEstimate estimates,
    SavedCalibrations calibrations, LiveTwins live, KnownAssets assets)
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/lineage", (
            FindLineage find,
            [Description("Of a value or an estimate of this asset; with sensor or signal.")] string? asset,
            [Description("Id of the sensor whose value it is.")] string? sensor,
            [Description("Id of the estimated or calculated signal.")] string? signal,
            [Description("Sample time of the value, in ISO 8601: the newest one up to then; default: the newest of all.")] string? at,
            [Description("The value or estimate as of this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            [Description("Of the alarm with this id.")] string? alarm,
            [Description("Of the answer of the scenario with this id.")] string? scenario,
            [Description("Of the decision with this id.")] string? decision,
            [Description("Of the calibration with this id.")] string? calibration,
            CancellationToken cancel) => find.Run(
                LineageQuestion.Parse(
                    asset, sensor, signal, Input.Time("at", at), Input.Time("validAt", validAt), KnownAt.Parse(knownAt), alarm, scenario,
                    decision, calibration),
                cancel))
        .RequireRateLimiting(ApiSetup.Expensive)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .WithTags("Event log").WithName("getLineage")
        .WithSummary("Where something comes from: model, parameters, events, messages, traces and people")
        .WithDescription(
            "Of one value or estimate of an asset, or one alarm, scenario, decision or calibration. A graph of at most 60 nodes: each "
                + "names those that it comes from. Messages and people are known as far as the log holds them: events recorded before "
                + "Pollux kept them name none.");

    /// <exception cref="NotFoundException">There is no such thing, or no reading up to the asked time.</exception>
    /// <exception cref="InvalidInputException">A time in the future, a position beyond the log, or no such sensor or signal.</exception>
    /// <exception cref="TooLargeException">Too many events would have to be searched.</exception>
    public async Task<LineageAnswer> Run(LineageQuestion asked, CancellationToken cancel)
    {
        var graph = new LineageGraph();
        await (asked.Kind switch
        {
            "value" => Value(graph, asked, cancel),
            "estimate" => Estimate(graph, asked, cancel),
            "alarm" => Alarm(graph, asked.Id, cancel),
            "scenario" => Scenario(graph, asked.Id, cancel),
            "decision" => Decision(graph, asked.Id, cancel),
            _ => Calibration(graph, asked.Id, cancel),
        });
        return graph.Answer();
    }

    async Task Value(LineageGraph graph, LineageQuestion asked, CancellationToken cancel)
    {
        if (asked.At is { } at) Input.CheckYear("at", at);
        if (asked.ValidAt is { } validAt) Input.CheckYear("validAt", validAt);
        _ = assets.Get(asked.Id);
        var moment = await past.Moment(
            asked.ValidAt ?? asked.At, asked.KnownAt, cancel, asked.ValidAt is null && asked.At is not null ? "at" : "validAt");
        var asset = await past.Run(asked.Id, moment, cancel);
        var sensor = asset.Model.Sensor(asked.Of)
            ?? throw new InvalidInputException("sensor", asked.Of, string.Join(", ", asset.Model.Sensors.Select(s => s.Id)));
        var upTo = asked.At ?? asset.ValidAt;
        // The newest is known by its time, so that nothing has to be searched for.
        if (asked is { At: null, ValidAt: null, KnownAt: null } && live.Find(asset.Id)?.View.Sensors is { } sensors)
            upTo = sensors.FirstOrDefault(s => s.Id == sensor.Id)?.SampledAt ?? DateTimeOffset.MinValue;
        if (upTo == DateTimeOffset.MinValue || !await Reading(graph, null, asset, sensor.Number, upTo, cancel))
            throw new NotFoundException("reading of", $"{asset.Id}/{sensor.Id}", $"none was sampled up to {Text(asset.ValidAt)}");
    }

    // False if there is no reading up to that time.
    async Task<bool> Reading(
        LineageGraph graph, string? to, PastAsset asset, ushort number, DateTimeOffset upTo, CancellationToken cancel)
    {
        if (await readings.Run(asset, number, upTo, cancel) is not { } found) return false;
        var (reading, sensor) = (found.Reading, asset.Model.Sensor(number)!);
        var at = Micros.ToTime(reading.SampledAt);
        var value = reading.ValueOrNull is { } v ? string.Create(CultureInfo.InvariantCulture, $"{v} {sensor.Unit.Symbol}") : "no value";
        var key = graph.Add(to, Node(
            "value", $"{asset.Id}/{sensor.Id}", $"{value}, quality {ViewTwin.Name(reading.Quality)}, sampled at {Text(at)}", found.Position,
            link: $"/api/v1/twins/{Uri.EscapeDataString(asset.Id)}?validAt={Text(at)}"));
        await sources.Event(graph, key, found.Position, cancel);
        if (found.CorrectedAt is { } corrected) await sources.Event(graph, key, corrected, cancel);
        await sources.Model(graph, key, asset.Id, asset.KnownAt, asset.Model.Hash, cancel);
        return true;
    }

    async Task Estimate(LineageGraph graph, LineageQuestion asked, CancellationToken cancel)
    {
        var asset = await past.Run(asked.Id, asked.ValidAt, asked.KnownAt, cancel);
        var view = await estimates.Run(asked.Id, asked.ValidAt, asked.KnownAt, cancel);
        var signal = view.Signals.FirstOrDefault(s => s.Id == asked.Of)
            ?? throw new InvalidInputException("signal", asked.Of, string.Join(", ", view.Signals.Select(s => s.Id)));
        var key = graph.Add(null, Node(
            "estimate", $"{asset.Id}/{signal.Id}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{signal.Mean:G6} ± {signal.StandardDeviation:G3} {signal.Unit} at the end of the tick at {Text(view.At)}")
                + (signal.Expression is null ? "" : $", calculated: {signal.Expression}"),
            view.Position, link: $"/api/v1/twins/{Uri.EscapeDataString(asset.Id)}/estimate?validAt={Text(view.At)}"));
        await Estimated(graph, key, asset.Id, asset.Model.Hash, view.Position, asset.KnownAt, cancel);
    }

    async Task Estimated(
        LineageGraph graph, string? key, string assetId, string modelHash, long newest, long upTo, CancellationToken cancel)
    {
        await sources.Event(graph, key, newest, cancel);
        await sources.Model(graph, key, assetId, upTo, modelHash, cancel);
        await sources.Parameters(graph, key, assetId, modelHash, upTo, cancel);
    }

    async Task Alarm(LineageGraph graph, string id, CancellationToken cancel)
    {
        var alarm = await alarms.Run(id, null, null, cancel);
        var key = graph.Add(null, Node(
            "alarm", id, $"{alarm.Severity}: {alarm.Message}, raised at {Text(alarm.RaisedAt)}, {alarm.State}",
            link: $"/api/v1/alarms/{Uri.EscapeDataString(id)}"));
        LoggedEvent? raised = null;
        await foreach (var e in log.Of(Streams.Twin(alarm.AssetId), ("alarmId", id), cancel))
        {
            raised ??= e;
            TraceSources.Event(graph, key, e);
        }
        if (raised is null) return;
        var asset = await past.Run(alarm.AssetId, null, new KnownAt(raised.Position, null), cancel);
        if (alarm is { SensorId: { } sensor, Value: not null } && asset.Model.Sensor(sensor) is { } known)
            await Reading(graph, key, asset, known.Number, alarm.RaisedAt, cancel);
        else
        {
            if (alarm.SignalId is { } signal)
                key = graph.Add(key, Node(
                    "estimate", $"{asset.Id}/{signal}", string.Create(
                        CultureInfo.InvariantCulture, $"{alarm.Value} {alarm.Unit} at the end of the tick at {Text(alarm.RaisedAt)}"),
                    link: $"/api/v1/twins/{Uri.EscapeDataString(asset.Id)}/estimate?validAt={Text(alarm.RaisedAt)}"));
            await sources.Model(graph, key, asset.Id, asset.KnownAt, asset.Model.Hash, cancel);
            if (alarm.SignalId is not null) await sources.Parameters(graph, key, asset.Id, asset.Model.Hash, asset.KnownAt, cancel);
            await sources.Readings(graph, key, asset.Id, raised.Position, raised.RecordedAt, cancel);
        }
    }

    async Task Scenario(LineageGraph graph, string id, CancellationToken cancel)
    {
        var events = await All(Streams.Scenario(id), null, cancel);
        if (events.Find(e => e.Data?["definition"] is not null) is not { Data: { } asked } requested)
            throw new NotFoundException("scenario", id);
        var (definition, completed) = (asked["definition"]!, events.Find(e => e.Data?["logPosition"] is not null));
        var (assetId, hash) = ((string)definition["assetId"]!, (string)asked["modelHash"]!);
        assets.Guard(assetId, "scenario", id);
        var position = (long?)completed?.Data?["logPosition"] ?? (long)definition["knownAt"]!;
        var validAt = definition["validAt"]!.GetValue<DateTimeOffset>();
        var key = graph.Add(null, Node(
            "scenario", id,
            $"what if, of {assetId} as of {Text(validAt)}, known at log position {definition["knownAt"]}, seed {definition["seed"]}, "
                + $"solver {definition["solver"]}{(completed is null ? "; not completed" : $"; content {completed.Data!["contentHash"]}")}",
            completed?.Position, completed?.TraceId, $"/api/v1/scenarios/{Uri.EscapeDataString(id)}"));
        // Progress says nothing about where an answer comes from.
        foreach (var e in events.Where(e => e.Type != "scenario_progressed")) TraceSources.Event(graph, key, e);
        await sources.Model(graph, key, assetId, requested.Position, hash, cancel);
        await sources.Parameters(graph, key, assetId, hash, position, cancel);
        await sources.Readings(graph, key, assetId, position, validAt, cancel);
    }

    async Task Decision(LineageGraph graph, string id, CancellationToken cancel)
    {
        var events = await All(Streams.Decision(id), null, cancel);
        if (events.Find(e => e.Data?["answer"] is not null) is not { Data: { } answered } recommended)
            throw new NotFoundException("decision", id);
        var (assetId, position) = ((string)answered["assetId"]!, (long)answered["logPosition"]!);
        assets.Guard(assetId, "decision", id);
        var key = graph.Add(null, Node(
            "decision", id, $"about {answered["component"]} of {assetId}: {answered["answer"]!["recommended"]} is recommended",
            recommended.Position, recommended.TraceId, $"/api/v1/decisions/{Uri.EscapeDataString(id)}"));
        foreach (var e in events) TraceSources.Event(graph, key, e);
        await sources.Model(graph, key, assetId, recommended.Position, (string)answered["modelHash"]!, cancel);
        // 0: the question states the remaining life itself.
        if (position > 0) await sources.Event(graph, key, position, cancel);
    }

    async Task Calibration(LineageGraph graph, string id, CancellationToken cancel)
    {
        var saved = await calibrations.Get(id, cancel);
        var d = saved.Definition;
        var key = graph.Add(null, Node(
            "calibration", id,
            $"of {d.AssetId} from readings between {Text(d.From)} and {Text(d.To)}, known at log position {Text(d.KnownAt)}; {saved.State}",
            link: $"/api/v1/calibrations/{Uri.EscapeDataString(id)}"));
        foreach (var e in await All(Streams.Calibration(d.AssetId), ("calibrationId", id), cancel)) TraceSources.Event(graph, key, e);
        await sources.Model(graph, key, d.AssetId, long.MaxValue, saved.ModelHash, cancel);
        await sources.Parameters(graph, key, d.AssetId, saved.ModelHash, d.KnownAt, cancel);
        await sources.Readings(graph, key, d.AssetId, d.KnownAt, d.To, cancel);
    }

    async Task<List<LoggedEvent>> All(string stream, (string Name, string Value)? member, CancellationToken cancel)
    {
        List<LoggedEvent> events = [];
        await foreach (var e in log.Of(stream, member, cancel)) events.Add(e);
        return events;
    }
}

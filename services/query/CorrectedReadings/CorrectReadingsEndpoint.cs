using System.ComponentModel;
using System.Text.Json.Serialization;
using Contracts.Events;
using Contracts.Messages;
using MassTransit;
using Query.Api;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Query.CorrectedReadings;

/// <summary>A value in place of a recorded one.</summary>
sealed record CorrectedValue(
    [property: Description("Sample time of the recorded reading, to the microsecond.")] DateTimeOffset? SampledAt,
    [property: Description("The right value, in the sensor's unit.")] double? Value);

/// <summary>Values to replace.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record CorrectionRequest(
    [property: Description("Id of the sensor.")] string? Sensor,
    [property: Description("1 to 10 000 readings, sampled within 31 days.")] IReadOnlyList<CorrectedValue>? Readings,
    [property: Description("Why, 1 to 1000 characters; default: X-Pollux-Reason.")] string? Reason = null,
    [property: Description("Who corrects them, 1 to 100 characters; default: X-Pollux-Actor.")] string? By = null);

/// <summary>Readings that shall not count.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record RetractionRequest(
    [property: Description("Id of the sensor.")] string? Sensor,
    [property: Description("Earliest sample time.")] DateTimeOffset? From,
    [property: Description("End of the sample times, exclusive; at most 31 days later.")] DateTimeOffset? To,
    [property: Description("Why, 1 to 1000 characters; default: X-Pollux-Reason.")] string? Reason = null,
    [property: Description("Who retracts them, 1 to 100 characters; default: X-Pollux-Actor.")] string? By = null);

/// <summary>Who withdraws a correction.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record WithdrawalRequest(
    [property: Description("Why, 1 to 1000 characters; default: X-Pollux-Reason.")] string? Reason = null,
    [property: Description("Who withdraws it, 1 to 100 characters; default: X-Pollux-Actor.")] string? By = null);

/// <summary>Has corrections of readings recorded and waits until the log shows them.</summary>
sealed class CorrectReadingsEndpoint(KnownAssets registry, ListCorrections list, IBus bus, CommandFaults faults, TimeProvider time)
{
    const int MostReadings = 10_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    const string Follows = " Twin, history, alarms, condition and estimate follow within seconds; knownAt before it tells what was known "
        + "without it. The event twin_revised says what has changed.";

    public static void Map(IEndpointRouteBuilder twins)
    {
        Responses(twins.MapPost("/{id}/corrections", (
                string id, CorrectionRequest body, CorrectReadingsEndpoint correct, CancellationToken cancel) =>
                correct.Correct(id, body, cancel)))
            .WithName("correctReadings").WithSummary("Replace values that were recorded wrongly")
            .WithDescription(
                "The readings stay in the log, but count with the given values. 409 if there is no such reading." + Follows);
        Responses(twins.MapPost("/{id}/corrections:retract", (
                string id, RetractionRequest body, CorrectReadingsEndpoint correct, CancellationToken cancel) =>
                correct.Retract(id, body, cancel)))
            .WithName("retractReadings").WithSummary("Retract a sensor's readings of some time")
            .WithDescription(
                "The readings stay in the log, but do not count, nor do those of that time which arrive later. 409 if there are none."
                    + Follows);
        Responses(twins.MapPost("/{id}/corrections/{correctionId}:withdraw", (
                string id, string correctionId, WithdrawalRequest body, CorrectReadingsEndpoint correct, CancellationToken cancel) =>
                correct.Withdraw(id, correctionId, body, cancel)))
            .WithName("withdrawCorrection").WithSummary("Withdraw a correction: readings count again as they were recorded")
            .WithDescription("Or as an earlier correction says. Idempotent." + Follows);
    }

    static RouteHandlerBuilder Responses(RouteHandlerBuilder route) =>
        route.ProducesProblem(StatusCodes.Status409Conflict);

    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    /// <exception cref="RuleViolationException">There is no such reading.</exception>
    public async Task<CorrectionAnswer> Correct(string id, CorrectionRequest asked, CancellationToken cancel)
    {
        var (sensor, reason, by, now) = Check(id, asked.Sensor, asked.Reason, asked.By);
        if (asked.Readings is not { Count: > 0 and <= MostReadings } readings)
            throw new InvalidInputException(
                "readings", asked.Readings is { Count: > 0 } many ? $"{many.Count} readings" : null, $"1 to {MostReadings} readings");
        var values = readings.Select((r, i) => Check(sensor, r, $"readings[{i}]", now)).OrderBy(r => r.SampledAt).ToList();
        for (var i = 1; i < values.Count; i++)
        {
            if (values[i].SampledAt == values[i - 1].SampledAt)
                throw new InvalidInputException("readings", values[i].SampledAt, "each sample time once");
        }
        if (values[^1].SampledAt - values[0].SampledAt > Longest)
            throw new InvalidInputException("readings", values[^1].SampledAt, "readings sampled within 31 days");
        var correction = new ReadingsCorrected(NewId(now), id, sensor.Id, values, reason, by, now);
        return await Await(
            id, correction.CorrectionId, new CorrectReadings(id, correction), c => c is not null, cancel);
    }

    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    /// <exception cref="RuleViolationException">There are no readings.</exception>
    public async Task<CorrectionAnswer> Retract(string id, RetractionRequest asked, CancellationToken cancel)
    {
        var (sensor, reason, by, now) = Check(id, asked.Sensor, asked.Reason, asked.By);
        var from = Sampled("from", asked.From, now);
        var to = ToMicroseconds(
            (asked.To ?? throw new InvalidInputException("to", null, Input.AllowedTime)).ToUniversalTime());
        if (to <= from || to - from > Longest) throw new InvalidInputException("to", to, "a time after from, at most 31 days later");
        var retraction = new ReadingsRetracted(NewId(now), id, sensor.Id, from, to, 0, reason, by, now);
        return await Await(
            id, retraction.CorrectionId, new RetractReadings(id, retraction), c => c is not null, cancel);
    }

    /// <exception cref="NotFoundException">No such asset or correction.</exception>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    public async Task<CorrectionAnswer> Withdraw(string id, string correctionId, WithdrawalRequest asked, CancellationToken cancel)
    {
        var (reason, by, now) = Check(asked.Reason, asked.By);
        if (await list.Get(id, correctionId, null, cancel) is { Withdrawal: not null } done) return done;
        var withdrawal = new CorrectionWithdrawn(correctionId, id, reason, by, now);
        return await Await(
            id, correctionId, new WithdrawCorrection(id, withdrawal), c => c?.Withdrawal is not null, cancel);
    }

    async Task<CorrectionAnswer> Await<T>(
        string assetId, string correctionId, T command, Func<CorrectionAnswer?, bool> isDone, CancellationToken cancel)
        where T : class
    {
        CorrectionAnswer? answer = null;
        var isVisible = await faults.Await(
            command, c => bus.SendTo(QueueNames.Corrections, command, c), async ended =>
                isDone(answer = await list.Find(assetId, correctionId, null, ended)), Patience, cancel);
        return isVisible ? answer! : throw new TimeoutException(
            $"The correction {correctionId} was not recorded within {Patience.TotalSeconds:0} s; it may be later.");
    }

    (Sensor Sensor, string Reason, string By, DateTimeOffset Now) Check(string id, string? sensorId, string? reason, string? by)
    {
        var model = registry.Get(id).Model;
        if (model.IsPlace) throw new NotFoundException("twin", id, "it is a place");
        var sensor = sensorId is null ? null : model.Sensor(sensorId);
        if (sensor is null)
            throw new InvalidInputException("sensor", sensorId, string.Join(", ", model.Sensors.Select(s => s.Id)));
        var (why, who, now) = Check(reason, by);
        return (sensor, why, who, now);
    }

    (string Reason, string By, DateTimeOffset Now) Check(string? reason, string? by)
    {
        var given = Input.Lines("reason", reason, Caller.LongestReason);
        var (who, why) = KnowCaller.Named(by, given, "who does it, 1 to 100 characters");
        if (why is null) throw new InvalidInputException("reason", null, "why, 1 to 1000 characters");
        return (why, who, ToMicroseconds(time.GetUtcNow()));
    }

    static CorrectedReading Check(Sensor sensor, CorrectedValue? asked, string name, DateTimeOffset now)
    {
        var at = Sampled($"{name}.sampledAt", asked?.SampledAt, now);
        if (asked?.Value is not { } value || !double.IsFinite(value) || !sensor.Physical.Contains(value))
            throw new InvalidInputException(
                $"{name}.value", asked?.Value, $"{sensor.Physical.Min} to {sensor.Physical.Max} {sensor.Unit.Symbol}");
        return new(at, value);
    }

    static DateTimeOffset Sampled(string name, DateTimeOffset? time, DateTimeOffset now)
    {
        if (time is not { } at || at < Input.Earliest) throw new InvalidInputException(name, time, "a sample time from 1970 on");
        Input.NotAfter(name, at, now, Input.SamplesAhead);
        return ToMicroseconds(at.ToUniversalTime());
    }

    static DateTimeOffset ToMicroseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString();
}

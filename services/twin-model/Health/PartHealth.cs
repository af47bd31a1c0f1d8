using System.Collections.Immutable;
using System.Text.Json;
using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Prognostics;
using TwinModel.Telemetry;

namespace TwinModel.Health;

/// <summary>A part's level changed.</summary>
/// <param name="Component">The part.</param>
/// <param name="Transition">The change with its evidence.</param>
public sealed record PartTransition(string Component, ConditionTransition Transition);

/// <summary>An assessment is due, after a change of level or because the last one is old. It is computed by the caller when
/// needed.</summary>
/// <param name="Component">The part.</param>
/// <param name="At">End of the newest window.</param>
/// <param name="Position">Log position of the event that triggered it.</param>
/// <param name="History">Input of the prognosis at that time.</param>
public sealed record DueAssessment(string Component, DateTimeOffset At, long Position, PartHistory History);

/// <summary>
/// The condition of one part: a fold over the readings of its sensors, without clock or randomness. Readings are collected in windows of
/// sample time; a window closes when the indicator is <see cref="Degradation.Late"/> past its end, and later readings are counted but not
/// used. Until then the order of arrival does not matter.
/// </summary>
public sealed class PartHealth
{
    // A closed, empty window for the next part that opens one. Parts open and close windows at the same times: without it, a thousand parts
    // would each drop old garbage at once, or each keep an empty window in reserve.
    [ThreadStatic]
    static OpenWindow? spare;

    readonly SortedDictionary<long, OpenWindow> open = [];
    readonly SortedSet<long> lives = [];
    readonly TrendMemory trend = new();
    readonly long width, late;
    long newest = long.MinValue;
    long closedTo = long.MinValue;
    long assessedAt = long.MinValue;

    /// <summary>The initial state of a part.</summary>
    public PartHealth(Degradation degradation)
    {
        Degradation = degradation;
        width = degradation.Condition.Window.Ticks / TimeSpan.TicksPerMicrosecond;
        late = degradation.Late.Ticks / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>The part's description in the model.</summary>
    public Degradation Degradation { get; }

    /// <summary>Condition after the newest closed window.</summary>
    public ConditionState State { get; private set; } = ConditionState.Start;

    /// <summary>When the part was installed, if known: the replacement, or the first window.</summary>
    public DateTimeOffset? LifeFrom { get; private set; }

    /// <summary>Number of replacements and failures that have ended a life so far.</summary>
    public int Life { get; private set; }

    /// <summary>Readings that arrived after their window had closed.</summary>
    public long LateReadings { get; private set; }

    /// <summary>Windows without a usable load: the machine stood still, or a load sensor was silent.</summary>
    public long UnusableWindows { get; private set; }

    /// <summary>Growth of ln(indicator) per day since the change by least squares; null while there is no trend.</summary>
    public double? GrowthPerDay => trend.Slope();

    /// <summary>Closed windows of all lives.</summary>
    public long Windows { get; private set; }

    /// <summary>Input of a prognosis; null before the first window.</summary>
    public PartHistory? History => State.LastAt is { } at ? HistoryAt(at) : null;

    /// <summary>Adds a reading to its window.</summary>
    public void Take(in Reading reading)
    {
        var role = RoleOf(reading.Sensor);
        if (role is null || reading.Quality == Quality.Bad) return;
        var index = Math.DivRem(reading.SampledAt, width).Quotient - (reading.SampledAt < 0 ? 1 : 0);
        if (index < closedTo)
        {
            LateReadings++;
            return;
        }
        if (!open.TryGetValue(index, out var window)) (open[index], spare) = (window = spare ?? new(), null);
        window.Of(role.Value).Add(reading.SampledAt, reading.Value);
        if (role == Role.Indicator) newest = Math.Max(newest, reading.SampledAt);
    }

    /// <summary>
    /// Closes the windows that need not wait any longer. Call after all readings of an event, so that their order within it does not
    /// matter.
    /// </summary>
    /// <param name="position">Log position of the event.</param>
    /// <param name="transitions">Receives changes of level.</param>
    /// <param name="assessments">Receives assessments that are due.</param>
    public void Settle(long position, List<PartTransition> transitions, List<DueAssessment> assessments)
    {
        while (open.Count > 0 && open.First() is var (index, window) && newest != long.MinValue && (index + 1) * width + late <= newest)
        {
            open.Remove(index);
            closedTo = index + 1;
            Close(index, window, position, transitions, assessments);
            window.Clear();
            spare = window;
        }
    }

    /// <summary>Begins a new life at a given time.</summary>
    /// <returns>False when windows after that time are already closed; the part must then be rebuilt from the log.</returns>
    public bool BeginLife(DateTimeOffset at)
    {
        var start = Micros.From(at);
        if (closedTo != long.MinValue && start < closedTo * width) return false;
        lives.Add(start);
        return true;
    }

    void Close(long index, OpenWindow window, long position, List<PartTransition> transitions, List<DueAssessment> assessments)
    {
        var (start, end) = (index * width, (index + 1) * width);
        while (lives.Count > 0 && lives.Min <= start)
        {
            Begin(lives.Min);
            lives.Remove(lives.Min);
        }
        // A window that spans two lives is not representative of either.
        if (lives.Count > 0 && lives.Min < end) return;
        if (Normalised(window) is not { } value)
        {
            if (window.Of(Role.Indicator).Count > 0) UnusableWindows++;
            return;
        }
        Windows++;
        LifeFrom ??= Micros.ToTime(start);
        var median = new MedianPoint(Micros.ToTime(end), value, window.Of(Role.Indicator).Count);
        (State, var changes) = Condition.StepMedian(Degradation.Condition, State, median);
        if (State.Level is ConditionLevel.Learning || (State.Level is ConditionLevel.Healthy && State.Sum == 0)) trend.Clear();
        else trend.Add(State.SumStartedAt ?? median.At, median);
        transitions.AddRange(changes.Select(c => new PartTransition(Degradation.Component, c)));
        var isDue = State.Level is not ConditionLevel.Learning
            && end - assessedAt >= Degradation.AssessEvery.Ticks / TimeSpan.TicksPerMicrosecond;
        if (changes.Count == 0 && !isDue && assessedAt != long.MinValue) return;
        if (State.Level is ConditionLevel.Learning) return;
        assessedAt = end;
        assessments.Add(new(Degradation.Component, median.At, position, HistoryAt(median.At)));
    }

    void Begin(long start)
    {
        (State, LifeFrom, assessedAt) = (ConditionState.Start, Micros.ToTime(start), long.MinValue);
        Life++;
        trend.Clear();
    }

    // ln of the indicator at the reference load; null when it cannot be determined.
    double? Normalised(OpenWindow window)
    {
        var (indicator, speed, force) = (window.Of(Role.Indicator), window.Of(Role.Speed), window.Of(Role.Force));
        if (indicator.Count == 0 || (Degradation.Speed is not null && speed.Count == 0)
            || (Degradation.Force is not null && force.Count == 0)) return null;
        var value = Degradation.Condition.Load.Normalise(
            indicator.Median(), speed.Count == 0 ? 1 : speed.Median(), force.Count == 0 ? 1 : force.Median());
        return value > 0 && double.IsFinite(value) ? Math.Log(value) : null;
    }

    PartHistory HistoryAt(DateTimeOffset at)
    {
        var (baseline, points) = trend.For(State.Baseline);
        return new(State.Level, baseline, Math.Max(0, (at - (LifeFrom ?? at)).TotalDays),
            trend.From is { } from ? (at - from).TotalDays : 0, points);
    }

    Role? RoleOf(ushort sensor) =>
        sensor == Degradation.Indicator ? Role.Indicator
        : sensor == Degradation.Speed?.Sensor ? Role.Speed
        : sensor == Degradation.Force?.Sensor ? Role.Force
        : null;

    internal void Write(BinaryWriter to)
    {
        to.Write(Degradation.Component);
        to.Write(newest);
        to.Write(closedTo);
        to.Write(assessedAt);
        to.Write(LifeFrom?.UtcTicks ?? 0);
        to.Write(Life);
        to.Write(LateReadings);
        to.Write(UnusableWindows);
        to.Write(Windows);
        to.Write(JsonSerializer.Serialize(State));
        trend.Write(to);
        to.Write(lives.Count);
        foreach (var life in lives) to.Write(life);
        to.Write(open.Count);
        foreach (var (index, window) in open)
        {
            to.Write(index);
            window.Write(to);
        }
    }

    internal bool Read(BinaryReader from)
    {
        if (from.ReadString() != Degradation.Component) return false;
        (newest, closedTo, assessedAt) = (from.ReadInt64(), from.ReadInt64(), from.ReadInt64());
        var ticks = from.ReadInt64();
        LifeFrom = ticks == 0 ? null : new(ticks, TimeSpan.Zero);
        (Life, LateReadings, UnusableWindows, Windows) = (from.ReadInt32(), from.ReadInt64(), from.ReadInt64(), from.ReadInt64());
        State = JsonSerializer.Deserialize<ConditionState>(from.ReadString())!;
        trend.Read(from);
        for (var i = from.ReadInt32(); i > 0; i--) lives.Add(from.ReadInt64());
        for (var i = from.ReadInt32(); i > 0; i--) open[from.ReadInt64()] = OpenWindow.Read(from);
        return true;
    }
}

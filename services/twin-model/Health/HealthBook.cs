using System.Collections.Immutable;
using Contracts.Events;
using TwinModel.Assets;

namespace TwinModel.Health;

/// <summary>
/// What stream <c>twin/{asset}</c> holds about parts so far: a fold that shows which changes and assessments are already in the log.
/// </summary>
/// <param name="Parts">Records by component.</param>
public sealed record HealthBook(ImmutableDictionary<string, PartRecord> Parts)
{
    /// <summary>A book without records.</summary>
    public static HealthBook Empty { get; } = new(ImmutableDictionary<string, PartRecord>.Empty);

    /// <summary>The record of a part.</summary>
    public PartRecord Part(string component) => Parts.GetValueOrDefault(component) ?? PartRecord.Empty;

    /// <summary>The book after one more event; events other than health events change nothing.</summary>
    public HealthBook Apply(object e) => e switch
    {
        ConditionChanged c => With(c.Component, p => p with { ChangedAt = Later(p.ChangedAt, c.ChangedAt) }),
        HealthAssessed a => With(a.Component, p => p with { Assessed = a, AssessedAt = Later(p.AssessedAt, a.AssessedAt) }),
        ComponentReplaced r =>
            With(r.Component, p => p with
            {
                LivesFrom = p.LivesFrom.Add(r.ReplacedAt),
                ReplacedAt = Later(p.ReplacedAt, r.ReplacedAt),
                Assessed = null,
            }),
        FailureOccurred f =>
            With(f.Component, p => p with
            {
                LivesFrom = p.LivesFrom.Add(f.FailedAt),
                FailedAt = Later(p.FailedAt, f.FailedAt),
                Assessed = null,
            }),
        _ => this,
    };

    HealthBook With(string component, Func<PartRecord, PartRecord> change) => new(Parts.SetItem(component, change(Part(component))));

    static DateTimeOffset Later(DateTimeOffset? a, DateTimeOffset b) => a > b ? a.Value : b;
}

/// <summary>The records of one part.</summary>
/// <param name="LivesFrom">Times of replacements and failures.</param>
/// <param name="ChangedAt">Newest change of level in the log.</param>
/// <param name="Assessed">Newest assessment of the present life; null before the first.</param>
/// <param name="AssessedAt">Time of the newest assessment of any life.</param>
/// <param name="ReplacedAt">Time of the newest replacement.</param>
/// <param name="FailedAt">Time of the newest failure.</param>
public sealed record PartRecord(
    ImmutableSortedSet<DateTimeOffset> LivesFrom, DateTimeOffset? ChangedAt, HealthAssessed? Assessed, DateTimeOffset? AssessedAt,
    DateTimeOffset? ReplacedAt,
    DateTimeOffset? FailedAt)
{
    /// <summary>No records.</summary>
    public static PartRecord Empty { get; } = new([], null, null, null, null, null);
}

/// <summary>Decides which health events follow from the fold. Pure.</summary>
public static class DecideHealth
{
    /// <summary>
    /// Events that the log does not hold yet. A fold from the beginning repeats changes that were recorded long ago.
    /// </summary>
    public static IReadOnlyList<object> For(
        string assetId, AssetModel model, HealthBook book, IEnumerable<PartTransition> transitions, IEnumerable<DueAssessment> assessments)
    {
        List<object> events = [];
        foreach (var (component, t) in transitions)
        {
            var record = book.Part(component);
            if (t.At <= record.ChangedAt) continue;
            var (e, unit) = (t.Evidence, model.Sensor(model.Degradations.Single(d => d.Component == component).Indicator)!.Unit.Symbol);
            events.Add(new ConditionChanged(
                assetId, component, t.From.Word(), t.To.Word(), e.Value, unit, e.BaselineValue, e.Score, e.Sum, e.Limit, e.ChangedAfter,
                e.CriticalValue,
                e.MeanTimeBetweenFalseAlarms.TotalDays, t.At));
        }
        // Keep every assessment, even if several arrive at once while catching up: they are scored later.
        foreach (var due in assessments)
        {
            if (due.At <= book.Part(due.Component).AssessedAt) continue;
            events.Add(Prognoses.Assess(assetId, model.Degradations.Single(d => d.Component == due.Component), due));
        }
        return events;
    }

    /// <summary>The maintenance record; none when it already exists.</summary>
    /// <exception cref="ArgumentException">The record is older than the beginning of the present life.</exception>
    public static IReadOnlyList<object> Maintenance(
        HealthBook book, string assetId, string component, string kind, DateTimeOffset at, string by, string? comment)
    {
        var record = book.Part(component);
        if (at == (kind == "failed" ? record.FailedAt : record.ReplacedAt)) return [];
        if (record.LivesFrom.Count > 0 && at < record.LivesFrom.Max)
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"The current life of {component} began at {record.LivesFrom.Max:O}, after the given time {at:O}."));
        return [kind == "failed"
            ? new FailureOccurred(assetId, component, by, comment, at)
            : new ComponentReplaced(assetId, component, by, comment, at)];
    }
}

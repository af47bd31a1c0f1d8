using System.Collections.Immutable;
using Contracts.Events;
using TwinModel.Assets;

namespace TwinModel.Health;

/// <summary>
/// What stream <c>twin/{asset}</c> says about parts so far: a fold that tells which changes and assessments are in the log already.
/// </summary>
/// <param name="Parts">By component.</param>
public sealed record HealthBook(ImmutableDictionary<string, PartRecord> Parts)
{
    /// <summary>Nothing is recorded.</summary>
    public static HealthBook Empty { get; } = new(ImmutableDictionary<string, PartRecord>.Empty);

    /// <summary>The record of a part.</summary>
    public PartRecord Part(string component) => Parts.GetValueOrDefault(component) ?? PartRecord.Empty;

    /// <summary>The book after one more event; others than health events change nothing.</summary>
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

/// <summary>What is recorded of one part.</summary>
/// <param name="LivesFrom">Exchanges and failures.</param>
/// <param name="ChangedAt">Newest change of level in the log.</param>
/// <param name="Assessed">Newest assessment of the present life; null before.</param>
/// <param name="AssessedAt">Newest assessment of any life.</param>
/// <param name="ReplacedAt">Newest exchange.</param>
/// <param name="FailedAt">Newest failure.</param>
public sealed record PartRecord(
    ImmutableSortedSet<DateTimeOffset> LivesFrom, DateTimeOffset? ChangedAt, HealthAssessed? Assessed, DateTimeOffset? AssessedAt,
    DateTimeOffset? ReplacedAt,
    DateTimeOffset? FailedAt)
{
    /// <summary>Nothing.</summary>
    public static PartRecord Empty { get; } = new([], null, null, null, null, null);
}

/// <summary>Decides which health events follow from what the fold saw. Pure.</summary>
public static class DecideHealth
{
    /// <summary>
    /// Events for what the log does not hold yet. A fold from the beginning comes across changes that were recorded long ago.
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
        // Of what came at once, e.g. while catching up, every assessment is kept: they are scored later.
        foreach (var due in assessments)
        {
            if (due.At <= book.Part(due.Component).AssessedAt) continue;
            events.Add(Prognoses.Assess(assetId, model.Degradations.Single(d => d.Component == due.Component), due));
        }
        return events;
    }

    /// <summary>The maintenance record; nothing when it is there already.</summary>
    /// <exception cref="ArgumentException">An earlier life began later.</exception>
    public static IReadOnlyList<object> Maintenance(
        HealthBook book, string assetId, string component, string kind, DateTimeOffset at, string by, string? comment)
    {
        var record = book.Part(component);
        if (at == (kind == "failed" ? record.FailedAt : record.ReplacedAt)) return [];
        if (record.LivesFrom.Count > 0 && at < record.LivesFrom.Max)
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"The present life of {component} began at {record.LivesFrom.Max:O}; a record of {at:O} is older."));
        return [kind == "failed"
            ? new FailureOccurred(assetId, component, by, comment, at)
            : new ComponentReplaced(assetId, component, by, comment, at)];
    }
}

using Contracts.Decisions;
using Contracts.Events;

namespace TwinModel.Decisions;

/// <summary>The state of a decision: a fold over the events of <c>decision/{id}</c>, and the events that may follow.</summary>
public static class FoldDecision
{
    /// <summary>The decision after one more event.</summary>
    public static DecisionView? Apply(DecisionView? known, object e) => e switch
    {
        DecisionRecommended r =>
            new(r.DecisionId, r.AssetId, r.Component, "recommended", r.Definition, r.ModelHash, r.LogPosition, r.Basis, r.Answer,
                r.RecommendedAt, null, null, 1),
        DecisionTaken t =>
            known! with
            {
                State = known.State == "closed" ? "closed" : "taken",
                Taken = new(t.Option, t.TakenBy, t.Comment, t.TakenAt),
                Version = known.Version + 1,
            },
        OutcomeObserved o =>
            known! with { State = "closed", Outcome = new(o.Kind, o.OccurredAt, o.RecordedBy), Version = known.Version + 1 },
        _ => known,
    };

    /// <summary>The events of taking an option; none when that option was already taken.</summary>
    /// <exception cref="ArgumentException">No such option.</exception>
    /// <exception cref="InvalidOperationException">Another option was taken, or the outcome is already known.</exception>
    public static IReadOnlyList<object> Take(DecisionView known, string option, string by, string? comment, DateTimeOffset now)
    {
        if (known.Answer.Options.All(o => o.Name != option))
            throw new ArgumentException(string.Join(", ", known.Answer.Options.Select(o => o.Name)), nameof(option));
        if (known.Taken is { } taken)
            return taken.Option == option ? [] : throw new InvalidOperationException($"'{taken.Option}' was already taken by {taken.By}.");
        if (known.Outcome is { } outcome)
            throw new InvalidOperationException(
                FormattableString.Invariant($"The part was {outcome.Kind} on {outcome.At:O}; there is nothing left to decide."));
        return [new DecisionTaken(known.Id, option, by, comment, now)];
    }

    /// <summary>The first maintenance record of the part after the decision becomes its outcome.</summary>
    /// <param name="known">The decision.</param>
    /// <param name="records">Events of stream <c>twin/{asset}</c>.</param>
    public static IReadOnlyList<object> Observe(DecisionView known, IEnumerable<object> records)
    {
        if (known.Outcome is not null) return [];
        return [.. records.Select(e => e switch
            {
                ComponentReplaced r when r.Component == known.Component =>
                    new OutcomeObserved(known.Id, "replaced", r.RecordedBy, r.ReplacedAt),
                FailureOccurred f when f.Component == known.Component => new OutcomeObserved(known.Id, "failed", f.RecordedBy, f.FailedAt),
                _ => null,
            })
            .OfType<OutcomeObserved>().Where(o => o.OccurredAt >= known.Definition.At).OrderBy(o => o.OccurredAt).Take(1)];
    }
}

using Contracts.Events;

namespace TwinModel.Access;

/// <summary>What to append, or why not.</summary>
/// <param name="Events">None when it is as asked already.</param>
/// <param name="Refusal">Why a rule forbids it; null when none does.</param>
public sealed record PolicyDecision(IReadOnlyList<object> Events, string? Refusal = null);

/// <summary>Decides whether policies change. Pure.</summary>
public static class DecidePolicy
{
    const string Admin = Policy.Role + "admin";

    /// <summary>Most policies of a tenant: each question looks at all of them.</summary>
    public const int Most = 200;

    /// <summary>Lets a policy be like this.</summary>
    /// <param name="book">All policies.</param>
    /// <param name="wanted">The event, whose content has been checked.</param>
    public static PolicyDecision Set(PolicyBook book, PolicySet wanted)
    {
        var known = book.Of(wanted.Tenant);
        if (known.GetValueOrDefault(wanted.PolicyId) is { } now && now.May == PolicyBook.RightOf(wanted.May)
            && now.Subjects.SequenceEqual(wanted.Subjects) && now.Assets.SequenceEqual(wanted.Assets)) return new([]);
        if (known.Count >= Most && !known.ContainsKey(wanted.PolicyId))
            return new([], FormattableString.Invariant($"There are {Most} policies already; remove one first."));
        return Unless(book, wanted, wanted.Tenant);
    }

    /// <summary>Lets a policy hold no more. Null when there is none with this id.</summary>
    /// <param name="book">All policies.</param>
    /// <param name="wanted">The event.</param>
    public static PolicyDecision? Remove(PolicyBook book, PolicyRemoved wanted) =>
        book.Of(wanted.Tenant).ContainsKey(wanted.PolicyId) ? Unless(book, wanted, wanted.Tenant) : null;

    // Whoever may change policies must be able to see what they are about, or nobody could ever open what nobody sees.
    static PolicyDecision Unless(PolicyBook book, object e, string? tenant) =>
        book.Apply(e, 0).Of(tenant).Values.Any(p => p.May == Right.Write && p.Assets.Contains(Policy.All)
            && (p.Subjects.Contains(Policy.Everyone) || p.Subjects.Contains(Admin)))
            ? new([e])
            : new([], $"It would lock the last admin out: one policy must let {Admin} (or {Policy.Everyone}) write {Policy.All} assets. "
                + "Set that one first.");
}

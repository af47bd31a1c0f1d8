using Contracts.Events;

namespace TwinModel.Graphs;

/// <summary>What was true at a time, as far as the log held it up to a position.</summary>
/// <param name="ValidAt">What was true at this time.</param>
/// <param name="KnownAt">The position.</param>
public readonly record struct GraphMoment(DateTimeOffset ValidAt, long KnownAt);

/// <summary>A relationship between two assets: true from <paramref name="Since"/> until <paramref name="Until"/>.</summary>
/// <param name="Source">Asset that it goes out from.</param>
/// <param name="Type">Its type.</param>
/// <param name="Target">Asset that it leads to.</param>
/// <param name="Properties">Ordered by id.</param>
/// <param name="Since">When it became true.</param>
/// <param name="Position">Log position at which it was added.</param>
/// <param name="AddedBy">Who recorded it.</param>
/// <param name="Comment">Comment given with it, or null.</param>
/// <param name="Until">When it ceased to be true, exclusive; null: it is true.</param>
/// <param name="RemovedAt">Log position at which it was removed; null: it was not.</param>
/// <param name="RemovedBy">Who removed it; null: nobody did.</param>
public sealed record Edge(
    string Source, string Type, string Target, IReadOnlyList<PropertyValue> Properties, DateTimeOffset Since, long Position, string AddedBy,
    string? Comment, DateTimeOffset? Until = null, long? RemovedAt = null, string? RemovedBy = null)
{
    /// <summary>The same with the end that was recorded before this one; null: this is the first, or there is none.</summary>
    public Edge? Before { get; init; }

    /// <summary>The same with an end, or with another one than was recorded before.</summary>
    public Edge Ended(DateTimeOffset until, long position, string by) =>
        this with { Until = until, RemovedAt = position, RemovedBy = by, Before = Until is null ? null : this };

    /// <summary>The relationship as it was known at a position; null when it was not known yet.</summary>
    public Edge? KnownAt(long position) => Position > position ? null
        : RemovedAt is null || RemovedAt <= position ? this
        : Before is { } before ? before.KnownAt(position)
        : this with { Until = null, RemovedAt = null, RemovedBy = null };

    /// <summary>True if it was true at a moment.</summary>
    public bool IsTrueAt(GraphMoment moment) =>
        Since <= moment.ValidAt && KnownAt(moment.KnownAt) is { } then && (then.Until is null || moment.ValidAt < then.Until);

    /// <summary>True if it was true at a moment or before.</summary>
    public bool HasBegunAt(GraphMoment moment) => Position <= moment.KnownAt && Since <= moment.ValidAt;

    /// <summary>True if it is true at some time from another on.</summary>
    public bool EndsAfter(DateTimeOffset time) => Until is not { } until || (until > time && until > Since);
}

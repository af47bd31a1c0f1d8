namespace Contracts.Events;

/// <summary>
/// Two assets are no longer related; of two that are not, another end of the relationship that was removed last. In stream <c>graph</c>.
/// Written by twin-state only.
/// </summary>
/// <param name="Source">Asset that the relationship goes out from.</param>
/// <param name="Type">Its type.</param>
/// <param name="Target">Asset that it leads to.</param>
/// <param name="Until">When it ceased to be true; when it became true, if it never was.</param>
/// <param name="RemovedBy">Who recorded it.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="RemovedAt">When it was recorded, by twin-state's clock.</param>
public sealed record RelationshipRemoved(
    string Source, string Type, string Target, DateTimeOffset Until, string RemovedBy, string? Comment, DateTimeOffset RemovedAt);

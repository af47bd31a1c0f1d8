namespace Contracts.Events;

/// <summary>
/// An alarm should not have been raised: with the readings as they count since they were corrected, its limit was not violated from when
/// it was raised until it was cleared. In stream <c>twin/{asset}</c>. If the corrections are withdrawn later, it is raised again.
/// Written by twin-state only.
/// </summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="CorrectionIds">The corrections that were made, or withdrawn, since the last revision.</param>
/// <param name="WithdrawnAt">When, by twin-state's clock.</param>
public sealed record AlarmWithdrawn(string AlarmId, IReadOnlyList<string> CorrectionIds, DateTimeOffset WithdrawnAt);

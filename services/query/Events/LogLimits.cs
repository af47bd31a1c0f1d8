namespace Query.Events;

/// <summary>Limits of what one request may read from the log.</summary>
/// <param name="Readings">Most readings decoded for one answer.</param>
sealed record LogLimits(int Readings);

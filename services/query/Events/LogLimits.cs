namespace Query.Events;

/// <summary>What one request may read from the log.</summary>
/// <param name="Readings">Decoded for one answer.</param>
sealed record LogLimits(int Readings);

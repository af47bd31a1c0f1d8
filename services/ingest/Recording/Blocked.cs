namespace Ingest.Recording;

/// <summary>Since when something has not been able to go on, and why.</summary>
sealed record Blocked(DateTimeOffset Since, string Reason);

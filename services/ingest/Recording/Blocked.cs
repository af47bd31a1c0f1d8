namespace Ingest.Recording;

/// <summary>Since when something has been blocked, and why.</summary>
sealed record Blocked(DateTimeOffset Since, string Reason);

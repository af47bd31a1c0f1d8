namespace ServiceDefaults.Seals;

/// <summary>An event of any type as stored in the log, with everything that a seal covers.</summary>
/// <param name="Position">Log position.</param>
/// <param name="Version">Version in the stream.</param>
/// <param name="RecordedAt">Server time of the append, microseconds since 1970.</param>
/// <param name="Id">Identity given by the writer.</param>
/// <param name="Stream">Stream id.</param>
/// <param name="Type">Name of the event type.</param>
/// <param name="Tenant">Tenant id.</param>
/// <param name="Headers">Headers as PostgreSQL prints them; null when there are none.</param>
/// <param name="Data">JSON payload as PostgreSQL prints it; <c>{}</c> for readings.</param>
/// <param name="Bytes">Binary payload of readings, otherwise null.</param>
public sealed record LoggedEvent(
    long Position, long Version, long RecordedAt, Guid Id, string Stream, string Type, string Tenant, string? Headers, string Data,
    byte[]? Bytes);

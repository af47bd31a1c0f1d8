namespace Contracts.Events;

/// <summary>
/// Readings of one asset, in stream <c>telemetry/{asset}/{yyyy-MM-dd}</c> of the day they were recorded. Written by ingest only. The log
/// holds each reading (sensor, sample time) once.
/// </summary>
/// <param name="Batch">A <c>pollux.telemetry.v1.TelemetryBatch</c>; stored unchanged in the log's binary column.</param>
public sealed record ReadingsRecorded(byte[] Batch);

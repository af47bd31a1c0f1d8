namespace Contracts.Events;

/// <summary>
/// Readings of one asset, in stream <c>telemetry/{asset}/{yyyy-MM-dd}</c> of the day they were recorded. Written by ingest only. Each
/// reading (sensor, sample time) is in the log once.
/// </summary>
/// <param name="Batch">A <c>pollux.telemetry.v1.TelemetryBatch</c>; it lies in the log's binary column as it is.</param>
public sealed record ReadingsRecorded(byte[] Batch);

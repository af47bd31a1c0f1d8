namespace TwinModel.Telemetry;

/// <summary>Bounds of sample times that ingest keeps and readers of the log rely on.</summary>
public static class SampleTimes
{
    /// <summary>The furthest that ingest can be set to let a device's clock be ahead of its own, seconds.</summary>
    public const int MostSecondsAhead = 600;
}

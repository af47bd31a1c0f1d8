using TwinModel.Estimation;
using TwinModel.Telemetry;

namespace Query.Histories;

/// <summary>Adds an estimate of the true value to the points of a history; see <see cref="LocalLevel"/>. Pure.</summary>
static class EstimateLevel
{
    /// <param name="points">Oldest first, all with readings.</param>
    /// <param name="noise">Standard deviation of a reading; 0 means that readings are exact, so nothing is estimated.</param>
    public static IReadOnlyList<HistoryPoint> Of(IReadOnlyList<HistoryPoint> points, double noise)
    {
        if (points.Count == 0 || noise <= 0) return points;
        // A bucket's mean is dated to the middle of its readings.
        var estimates = LocalLevel.Smooth([.. points.Select(p =>
            new Measurement((p.FirstAt - points[0].FirstAt + (p.LastAt - p.FirstAt) / 2)!.Value.TotalSeconds, p.Mean!.Value,
                noise * noise / p.Count))]);
        return [.. points.Zip(estimates, (point, estimate) => point with
        {
            Estimate = estimate.Mean,
            EstimateStandardDeviation = estimate.StandardDeviation,
        })];
    }
}

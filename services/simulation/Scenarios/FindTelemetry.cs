using ServiceDefaults;

namespace Simulation.Scenarios;

/// <summary>Finds the streams that hold an asset's readings from a sample time on.</summary>
sealed class FindTelemetry(AssetRegistry registry, TimeProvider time)
{
    /// <summary>
    /// Since when these readings were recorded, and the streams from then to now. A reading is recorded when it is sampled or later,
    /// however much later, apart from clock differences, and never before its asset is registered: for who asks from 1970 on, thousands
    /// of days without a stream are not looked up.
    /// </summary>
    /// <exception cref="NotFoundException">The log does not contain the asset.</exception>
    public async Task<(DateTimeOffset RecordedFrom, string[] Streams)> Since(
        string assetId, DateTimeOffset sampledFrom, CancellationToken cancel)
    {
        if (registry.Find(assetId) is null) await registry.Refresh(cancel);
        var (recordedFrom, registeredAt) = (sampledFrom - Streams.ClocksApart, registry.Get(assetId).RegisteredAt);
        if (recordedFrom < registeredAt) recordedFrom = registeredAt;
        return (recordedFrom, Streams.TelemetryBetween(assetId, recordedFrom, time.GetUtcNow().AddDays(1)));
    }
}

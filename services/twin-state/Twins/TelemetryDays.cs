using System.Runtime.CompilerServices;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>Which day streams of an asset to read, and which can no longer grow.</summary>
static class TelemetryDays
{
    // A replica whose clock is behind may still append to past days, but not to older ones.
    const int MostOpen = 3;

    /// <summary>All days since the asset was registered, and the next one, which a replica whose clock is ahead may have begun.</summary>
    public static string[] All(RegisteredAsset asset, DateTimeOffset now) =>
        Streams.TelemetryBetween(asset.Id, asset.RegisteredAt, now.AddDays(1));

    /// <summary>The days that may hold something that the twin lacks.</summary>
    public static IEnumerable<string> Open(OwnedTwin twin, DateTimeOffset now)
    {
        var oldest = twin.Versions.Keys.Min(StringComparer.Ordinal);
        return All(twin.Asset, now).Where(day => oldest is null || string.CompareOrdinal(day, oldest) >= 0);
    }

    /// <summary>The days in which news may have been missed.</summary>
    public static string[] Recent(string assetId, DateTimeOffset now) => Streams.TelemetryBetween(assetId, now.AddDays(-1), now);

    /// <summary>The recent days of which the log holds more than the twin.</summary>
    /// <param name="twin">The twin.</param>
    /// <param name="logged">Versions in the log, by stream.</param>
    /// <param name="now">Current time.</param>
    public static IReadOnlyList<string> Behind(OwnedTwin twin, IReadOnlyDictionary<string, long> logged, DateTimeOffset now) =>
        [.. Recent(twin.Asset.Id, now).Where(day => logged.GetValueOrDefault(day) > twin.Versions.GetValueOrDefault(day))];

    /// <summary>Drops the versions of days that can no longer grow.</summary>
    public static void ForgetClosed(OwnedTwin twin)
    {
        foreach (var day in twin.Versions.Keys.Order(StringComparer.Ordinal).SkipLast(MostOpen).ToList()) twin.Versions.Remove(day);
    }

    /// <summary>Everything recorded of an asset, day by day.</summary>
    public static async IAsyncEnumerable<LoggedBatch> WholeHistory(
        this LogReader log, RegisteredAsset asset, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var day in All(asset, now))
        {
            await foreach (var batch in log.After(day, 0, cancel)) yield return batch;
        }
    }
}

using System.Globalization;
using Contracts.Messages;
using TwinModel.Telemetry;
using Xunit.Sdk;

namespace Integration.Tests.Running;

/// <summary>Compares what was published with what the log holds: nothing missing, nothing duplicated, nothing invented.</summary>
static class Accounts
{
    /// <summary>Waits until every published reading is stored or rejected, then asserts that both sides are exactly equal.</summary>
    public static async Task AssertComplete(RunningSystem pollux, Load load, IEnumerable<string> assets)
    {
        foreach (var asset in assets)
        {
            var published = load.Good(asset);
            await Eventually.Get(
                $"{published.Count} readings of {asset} are stored", async () => (await pollux.Log.Readings(asset)).Count, count =>
                    count >= published.Count);
            await Eventually.Get(
                $"{load.WithImpossible(asset).Count} payloads of {asset} are rejected",
                async () => (await pollux.Log.Rejections(asset)).Count, count => count >= load.WithImpossible(asset).Count);
            AssertEqual(asset, published, await pollux.Log.Readings(asset));
            var rejections = await pollux.Log.Rejections(asset);
            Assert.Equal(load.WithImpossible(asset).Select(Convert.ToHexString).Order(StringComparer.Ordinal),
                rejections.Select(r => Convert.ToHexString(r.Payload)).Order(StringComparer.Ordinal));
            Assert.All(rejections, r => Assert.Equal((1, "physically-impossible"), (r.Readings, r.Reasons[0].Code)));
        }
    }

    /// <summary>Waits until the saved twin has every acceptable reading, and asserts that it is the fold of them.</summary>
    public static async Task<TwinView> AssertTwin(RunningSystem pollux, Load load, string asset)
    {
        var good = load.Good(asset);
        var view = await Eventually.Get(
            $"the twin of {asset} has every reading", () => pollux.Twins.View(asset), twin => twin?.Readings == good.Count, show: twin =>
                $"{twin?.Readings} of {good.Count}");
        Assert.Equal(Samples.HashOf(pollux.Model, good), view!.StateHash);
        return view;
    }

    /// <summary>Rebuilds a twin, which must yield the live one.</summary>
    public static async Task AssertRebuildIsEqual(RunningSystem pollux, TwinView view)
    {
        var rebuilt = await pollux.Rebuild(view.AssetId);
        Assert.Equal((view.StateHash, view.StateHash, view.Readings), (rebuilt.LiveHash, rebuilt.RebuiltHash, rebuilt.Readings));
    }

    static void AssertEqual(string asset, IReadOnlyList<Reading> published, IReadOnlyList<Reading> stored)
    {
        var (sent, held) = (published.ToHashSet(), stored.ToHashSet());
        var missing = sent.Where(r => !held.Contains(r)).ToList();
        var surplus = held.Where(r => !sent.Contains(r)).ToList();
        var doubled = stored.GroupBy(r => r).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (missing.Count + surplus.Count + doubled.Count == 0) return;
        throw new XunitException(
            $"{asset}: of {published.Count} readings {missing.Count} are missing ({Shown(missing)}), {doubled.Count} are stored more than "
                + $"once ({Shown(doubled)}), {surplus.Count} were never sent ({Shown(surplus)}).");
    }

    static string Shown(List<Reading> readings) => readings.Count == 0 ? "none" : string.Create(
        CultureInfo.InvariantCulture,
        $"sampled {Micros.ToTime(readings.Min(r => r.SampledAt)):HH:mm:ss.ffffff} to "
            + $"{Micros.ToTime(readings.Max(r => r.SampledAt)):HH:mm:ss.ffffff}");
}

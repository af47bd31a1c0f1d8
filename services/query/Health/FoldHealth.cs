using System.Runtime.InteropServices;
using Contracts.Health;
using Query.Pasts;
using TwinModel.Health;

namespace Query.Health;

/// <summary>
/// Folds the condition of an asset's parts as of some time from the log, with the function used for the live ones. The cost grows with the
/// asset's readings up to that time.
/// </summary>
sealed class FoldHealth(PastReadings readings, FoldPlaces places)
{
    /// <param name="asset">The asset then.</param>
    /// <param name="events">Its health events then, in log order.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ServiceDefaults.TooLargeException">Too many readings.</exception>
    /// <exception cref="ServiceDefaults.BusyException">Too many past states are being computed.</exception>
    public async Task<IReadOnlyList<HealthView>> Run(PastAsset asset, IReadOnlyList<object> events, CancellationToken cancel)
    {
        var (health, book, position) = (new AssetHealth(asset.Model), events.Aggregate(HealthBook.Empty, (b, e) => b.Apply(e)), 0L);
        if (health.Parts.Count == 0) return [];
        foreach (var part in health.Parts)
            foreach (var at in book.Part(part.Degradation.Component).LivesFrom) part.BeginLife(at);
        List<PartTransition> transitions = [];
        List<DueAssessment> assessments = [];
        using var place = await places.Enter(cancel);
        await foreach (var (batch, batchReadings) in readings.Of(asset, null, cancel))
        {
            health.Step(CollectionsMarshal.AsSpan(batchReadings), batch.Position, transitions, assessments);
            // What followed from it is among the events.
            transitions.Clear();
            assessments.Clear();
            position = Math.Max(position, batch.Position);
        }
        return ViewHealth.Of(asset.Id, health, book, position);
    }
}

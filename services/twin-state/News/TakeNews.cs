using System.Diagnostics;
using Contracts.Messages;
using ServiceDefaults;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.News;

/// <summary>
/// Folds in news if it is the next version and drops it if it is old; gaps are filled from the log. Corrections are only noted.
/// </summary>
sealed class TakeNews(TimeProvider time)
{
    static readonly ActivitySource Traces = new("twin-state");

    public async Task Take(TwinOwner owner, IEnumerable<AnnouncedBatch> batches, CancellationToken cancel)
    {
        foreach (var news in batches) await Take(owner, news, cancel);
    }

    async Task Take(TwinOwner owner, AnnouncedBatch news, CancellationToken cancel)
    {
        if (Streams.IsCorrection(news.Stream))
        {
            // Folding all again can wait until the twin is tended.
            var corrected = await owner.Load(cancel);
            corrected.CorrectionsInLog = Math.Max(corrected.CorrectionsInLog, news.Version);
            return;
        }
        if (owner.Twin is { } known && DecideNews.KindOf(known.Versions, news) is NewsKind.Old)
        {
            Measures.OldNews.Add(1);
            return;
        }
        using var activity = Traces.StartActivity("fold readings", ActivityKind.Consumer, news.TraceParent);
        activity?.SetTag("pollux.asset", news.AssetId).SetTag("pollux.position", news.Position);
        var twin = await owner.Load(cancel);
        IReadOnlyList<LimitTransition> transitions = DecideNews.KindOf(twin.Versions, news) switch
        {
            // A twin that was not in memory has read it from the log just now.
            NewsKind.Old => [],
            NewsKind.Next => twin.Apply(
                new LoggedBatch(news.Stream, news.Version, news.Position, news.RecordedAt, news.Batch!, news.TraceParent)),
            _ => await FillGap(owner, twin, news, cancel),
        };
        Measures.Lag.Record((time.GetUtcNow() - news.RecordedAt).TotalSeconds);
        await owner.Conclude(twin, transitions, cancel);
    }

    static Task<IReadOnlyList<LimitTransition>> FillGap(TwinOwner owner, OwnedTwin twin, AnnouncedBatch news, CancellationToken cancel)
    {
        Measures.Gaps.Add(1);
        return owner.ReadOn(twin, DecideNews.ToRead(twin.Versions, news), cancel);
    }
}

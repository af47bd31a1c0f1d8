using System.Runtime.CompilerServices;
using Contracts.Query.V1;

namespace Dashboard.Live;

/// <summary>
/// One page's subscription to some feeds. Keeps only the newest unseen twin of each asset: a slow browser skips views, and memory is
/// bounded by the number of assets.
/// </summary>
sealed class TwinSubscription : IDisposable
{
    readonly Dictionary<string, Twin> pending = [];
    readonly SemaphoreSlim bell = new(0, 1);
    readonly Action<TwinSubscription> leave;
    bool isLeft;

    public TwinSubscription(IReadOnlyList<TwinFeed> feeds, Action<TwinSubscription> leave)
    {
        (Feeds, this.leave) = (feeds, leave);
        foreach (var feed in feeds) feed.Add(this);
    }

    public IReadOnlyList<TwinFeed> Feeds { get; }

    public void Offer(Twin twin)
    {
        lock (pending)
        {
            pending[twin.AssetId] = twin;
            if (bell.CurrentCount == 0) bell.Release();
        }
    }

    /// <summary>Changed twins: the first batch at once, then at most one per interval.</summary>
    public async IAsyncEnumerable<IReadOnlyList<Twin>> Changes(TimeSpan atMostEvery, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            await bell.WaitAsync(cancel);
            List<Twin> changed;
            lock (pending)
            {
                changed = [.. pending.Values];
                pending.Clear();
            }
            if (changed.Count > 0) yield return changed;
            await Task.Delay(atMostEvery, cancel);
        }
    }

    public void Dispose()
    {
        if (isLeft) return;
        isLeft = true;
        leave(this);
    }
}

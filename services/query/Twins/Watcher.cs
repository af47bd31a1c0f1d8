using System.Threading.Channels;

namespace Query.Twins;

/// <summary>
/// Follows some twins. It remembers that something changed, not what: a slow reader finds the newest views only, and memory is bounded
/// by the number of twins.
/// </summary>
sealed class Watcher : IDisposable
{
    /// <summary>Before every view.</summary>
    public static readonly (long Position, long Revision) NothingSeen = (-1, -1);

    readonly Channel<bool> bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    readonly LiveTwin[] twins;
    readonly (long Position, long Revision)[] seen;
    Task<bool>? ringing;

    /// <param name="twins">What to follow.</param>
    /// <param name="after">By twin, the view up to which it is known already; null: none is.</param>
    public Watcher(IReadOnlyList<LiveTwin> twins, IReadOnlyList<(long Position, long Revision)>? after = null)
    {
        this.twins = [.. twins];
        seen = after is null ? [.. twins.Select(_ => NothingSeen)] : [.. after];
        foreach (var twin in twins) twin.Add(this);
        Wake();
    }

    /// <summary>The newest view of each twin that was handed out.</summary>
    public IReadOnlyList<(long Position, long Revision)> Seen => seen;

    public void Wake() => bell.Writer.TryWrite(true);

    /// <summary>Waits for a change; false when there was none for <paramref name="limit"/>.</summary>
    public async Task<bool> Wait(TimeSpan limit, CancellationToken cancel)
    {
        ringing ??= bell.Reader.WaitToReadAsync(cancel).AsTask();
        try
        {
            await ringing.WaitAsync(limit, cancel);
        }
        catch (TimeoutException)
        {
            return false;
        }
        ringing = null;
        bell.Reader.TryRead(out _);
        return true;
    }

    /// <summary>Twins with a view that was not handed out before.</summary>
    public IEnumerable<LiveTwin> Changed()
    {
        for (var i = 0; i < twins.Length; i++)
        {
            var version = twins[i].Version;
            if (version.CompareTo(seen[i]) <= 0) continue;
            seen[i] = version;
            yield return twins[i];
        }
    }

    public void Dispose()
    {
        foreach (var twin in twins) twin.Remove(this);
    }
}

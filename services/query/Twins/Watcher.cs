using System.Threading.Channels;

namespace Query.Twins;

/// <summary>
/// Follows some twins. It remembers that something changed, not what: slow readers get only the newest views, and memory is bounded by the
/// number of twins.
/// </summary>
sealed class Watcher : IDisposable
{
    /// <summary>Older than any view.</summary>
    public static readonly (long Position, long Revision) NothingSeen = (-1, -1);

    readonly Channel<bool> bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    readonly LiveTwin[] twins;
    readonly (long Position, long Revision)[] seen;
    Task<bool>? ringing;

    /// <param name="twins">Twins to follow.</param>
    /// <param name="after">The last view seen of each twin; null: none.</param>
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

    /// <summary>Waits for a change; false if there was none within <paramref name="limit"/>.</summary>
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

    /// <summary>Twins with a view that has not been handed out yet.</summary>
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

using System.Collections.Immutable;
using Contracts.Messages;

namespace Query.Twins;

/// <summary>The newest view of one asset, and the watchers that wait for the next one.</summary>
sealed class LiveTwin(OfferedView first)
{
    public LiveTwin(TwinView first)
        : this(new OfferedView(first))
    {
    }

    readonly Lock gate = new();
    ImmutableArray<Watcher> watchers = [];
    volatile OfferedView newest = first;
    volatile ShownTwin? shown;

    public TwinView View => newest.View;

    public string Name => newest.Name;

    public string ModelId => newest.ModelId;

    /// <inheritdoc cref="OfferedView.IsExpected"/>
    public bool IsExpected => newest.IsExpected;

    public string AssetId => newest.AssetId;

    /// <summary>Version of <see cref="View"/>, known without unpacking it.</summary>
    public (long Position, long Revision) Version => (newest.Position, newest.Revision);

    /// <summary>True if the view is newer than the current one; older ones are ignored.</summary>
    public bool Offer(OfferedView newer)
    {
        ImmutableArray<Watcher> awake;
        lock (gate)
        {
            if ((newer.Position, newer.Revision).CompareTo(Version) <= 0) return false;
            newest = newer;
            awake = watchers;
        }
        foreach (var watcher in awake) watcher.Wake();
        return true;
    }

    /// <inheritdoc cref="Offer(OfferedView)"/>
    public bool Offer(TwinView newer) => Offer(new OfferedView(newer));

    /// <summary>The view as shown now. Built once per view and <see cref="ShownTwin.Slice"/>, however many callers ask.</summary>
    public ShownTwin Show(DateTimeOffset now)
    {
        var offered = newest;
        if (offered.IsExpected) return new ShownTwin(offered.View, now);
        var (current, latest) = (shown, offered.View);
        return current is not null && ReferenceEquals(current.View, latest) && current.IsFor(now)
            ? current
            : shown = new ShownTwin(latest, now);
    }

    public void Add(Watcher watcher)
    {
        lock (gate) watchers = watchers.Add(watcher);
    }

    public void Remove(Watcher watcher)
    {
        lock (gate) watchers = watchers.Remove(watcher);
    }
}

using System.Collections.Immutable;
using Contracts.Messages;

namespace Query.Twins;

/// <summary>The newest view of one asset, and who waits for the next one.</summary>
sealed class LiveTwin(TwinView first)
{
    readonly Lock gate = new();
    ImmutableArray<Watcher> watchers = [];
    volatile TwinView view = first;
    volatile ShownTwin? shown;

    public TwinView View => view;

    public string AssetId => view.AssetId;

    /// <summary>True when the view is newer than the one held; an older one changes nothing.</summary>
    public bool Offer(TwinView newer)
    {
        ImmutableArray<Watcher> awake;
        lock (gate)
        {
            if ((newer.Position, newer.Revision).CompareTo((view.Position, view.Revision)) <= 0) return false;
            view = newer;
            awake = watchers;
        }
        foreach (var watcher in awake) watcher.Wake();
        return true;
    }

    /// <summary>The view as it is shown now. Made once per view and <see cref="ShownTwin.Slice"/>, however many ask.</summary>
    public ShownTwin Show(DateTimeOffset now)
    {
        var (current, latest) = (shown, view);
        return current is not null && ReferenceEquals(current.View, latest) && current.IsFor(now) ? current : shown = new ShownTwin(latest, now);
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

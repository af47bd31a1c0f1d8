using System.Diagnostics.Metrics;
using Contracts.Query.V1;
using Dashboard.SignIn;

namespace Dashboard.Live;

/// <summary>Follows twins for one page, as its user.</summary>
sealed class FollowTwins(TwinFeeds feeds, TwinService.TwinServiceClient client, Visitor visitor)
{
    /// <summary>The twins known so far, then every change until the subscription is disposed.</summary>
    public TwinSubscription Follow(IEnumerable<string> assetIds) => feeds.Follow(visitor.Session, client, assetIds);
}

/// <summary>The streams of all pages, sharing one among those of the same session that show the same machines.</summary>
sealed class TwinFeeds
{
    // The limit of query for one stream.
    const int MostAssets = 200;

    readonly QueryConnection connection;
    readonly ILogger<TwinFeed> log;
    readonly Dictionary<string, TwinFeed> feeds = [];
    readonly Lock gate = new();

    public TwinFeeds(QueryConnection connection, ILogger<TwinFeed> log, IMeterFactory meters)
    {
        (this.connection, this.log) = (connection, log);
        meters.Create("Pollux")
            .CreateObservableGauge("pollux.dashboard.feeds", () => feeds.Count, "{stream}", "Open watch streams to the query service");
    }

    public TwinSubscription Follow(string? session, TwinService.TwinServiceClient client, IEnumerable<string> assetIds)
    {
        lock (gate)
        {
            List<TwinFeed> followed = [];
            foreach (var ids in assetIds.Distinct().Order(StringComparer.Ordinal).Chunk(MostAssets))
            {
                var key = $"{session}:{string.Join(',', ids)}";
                if (!feeds.TryGetValue(key, out var feed)) feeds[key] = feed = new TwinFeed(key, ids, client, connection, log);
                followed.Add(feed);
            }
            return new(followed, Leave);
        }
    }

    void Leave(TwinSubscription subscription)
    {
        lock (gate)
        {
            foreach (var feed in subscription.Feeds)
            {
                feed.Remove(subscription);
                if (!feed.IsUnused) continue;
                feeds.Remove(feed.Key);
                feed.Stop();
            }
        }
    }
}

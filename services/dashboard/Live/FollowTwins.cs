using System.Diagnostics.Metrics;
using Contracts.Query.V1;

namespace Dashboard.Live;

/// <summary>Follows twins for all browsers, sharing one stream among those that show the same machines.</summary>
sealed class FollowTwins
{
    // The limit of query for one stream.
    const int MostAssets = 200;

    readonly TwinService.TwinServiceClient client;
    readonly QueryConnection connection;
    readonly ILogger<TwinFeed> log;
    readonly Dictionary<string, TwinFeed> feeds = [];
    readonly Lock gate = new();

    public FollowTwins(TwinService.TwinServiceClient client, QueryConnection connection, ILogger<TwinFeed> log, IMeterFactory meters)
    {
        (this.client, this.connection, this.log) = (client, connection, log);
        meters.Create("Pollux")
            .CreateObservableGauge("pollux.dashboard.feeds", () => feeds.Count, "{stream}", "Open watch streams to the query service");
    }

    /// <summary>The twins known so far, then every change until the subscription is disposed.</summary>
    public TwinSubscription Follow(IEnumerable<string> assetIds)
    {
        lock (gate)
        {
            List<TwinFeed> followed = [];
            foreach (var ids in assetIds.Distinct().Order(StringComparer.Ordinal).Chunk(MostAssets))
            {
                var key = string.Join(',', ids);
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

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Contracts.Query.V1;
using Grpc.Core;

namespace Dashboard.Live;

/// <summary>One watch stream from query, reopened whenever it ends, and the newest twin of each of its assets.</summary>
sealed partial class TwinFeed
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(300);

    readonly IReadOnlyList<string> assetIds;
    readonly TwinService.TwinServiceClient client;
    readonly QueryConnection connection;
    readonly ILogger<TwinFeed> log;
    readonly CancellationTokenSource stopping = new();
    readonly ConcurrentDictionary<string, Twin> newest = new();
    readonly Lock gate = new();
    ImmutableArray<TwinSubscription> subscriptions = [];

    public TwinFeed(string key, IReadOnlyList<string> assetIds, TwinService.TwinServiceClient client, QueryConnection connection,
        ILogger<TwinFeed> log)
    {
        (Key, this.assetIds, this.client, this.connection, this.log) = (key, assetIds, client, connection, log);
        _ = Task.Run(Run);
    }

    public string Key { get; }

    public bool IsUnused => subscriptions.IsEmpty;

    async Task Run()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await connection.UntilUp(stopping.Token);
                using var watch = client.WatchTwins(new() { AssetIds = { assetIds } }, cancellationToken: stopping.Token);
                await foreach (var change in watch.ResponseStream.ReadAllAsync(stopping.Token)) Take(change.Twin);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException && stopping.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException e)
            {
                LogEnded(assetIds.Count, e.StatusCode, e.Status.Detail);
            }
            catch (Exception e)
            {
                // A fault of ours; pages that follow this feed must not stand still because of it.
                LogFailed(e, assetIds.Count);
            }
            await Task.Delay(RetryAfter, stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    void Take(Twin twin)
    {
        ImmutableArray<TwinSubscription> told;
        lock (gate)
        {
            newest[twin.AssetId] = twin;
            told = subscriptions;
        }
        foreach (var subscription in told) subscription.Offer(twin);
    }

    public void Add(TwinSubscription subscription)
    {
        lock (gate)
        {
            subscriptions = subscriptions.Add(subscription);
            foreach (var twin in newest.Values) subscription.Offer(twin);
        }
    }

    public void Remove(TwinSubscription subscription)
    {
        lock (gate) subscriptions = subscriptions.Remove(subscription);
    }

    public void Stop() => stopping.Cancel();

    [LoggerMessage(Level = LogLevel.Error, Message = "The watch stream of {Assets} assets failed; reopening it")]
    partial void LogFailed(Exception reason, int assets);

    [LoggerMessage(Level = LogLevel.Information, Message = "The watch stream of {Assets} assets ended with {Status}: {Detail}")]
    partial void LogEnded(int assets, StatusCode status, string detail);
}

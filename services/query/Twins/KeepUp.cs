using Query.Registry;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Twins;

/// <summary>Loads assets and twins at start-up, then polls every few seconds for what RabbitMQ did not deliver.</summary>
sealed partial class KeepUp : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    readonly KnownAssets assets;
    readonly PolicyLog policies;
    readonly TwinGraph graph;
    readonly ReadSavedTwins savedTwins;
    readonly TimeProvider time;
    readonly ILogger<KeepUp> log;

    public KeepUp(
        KnownAssets assets, PolicyLog policies, TwinGraph graph, LiveTwins twins, ReadSavedTwins savedTwins, TimeProvider time,
        ILogger<KeepUp> log)
    {
        (this.assets, this.policies, this.graph, this.savedTwins, this.time, this.log) = (assets, policies, graph, savedTwins, time, log);
        // Subscribed here, since a message may bring an asset before ExecuteAsync runs.
        assets.Registered += twins.Expect;
    }

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var failed = false;
            try
            {
                await assets.Refresh(cancel);
                await savedTwins.Run(cancel);
                if (!assets.IsLoaded)
                {
                    // Nobody is answered before it is known on what he may ask.
                    await policies.Refresh(cancel);
                    await graph.Refresh(cancel);
                }
                assets.IsLoaded = true;
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogFailed(e.Message);
                failed = true;
            }
            await Task.Delay(failed ? RetryInterval : Interval, time, cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Assets and twins cannot be read: {Reason}")]
    partial void LogFailed(string reason);
}

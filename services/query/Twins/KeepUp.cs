using Query.Assets;

namespace Query.Twins;

/// <summary>Loads assets and twins at the start, then looks every few seconds for what RabbitMQ did not bring.</summary>
sealed partial class KeepUp(KnownAssets registry, ReadSavedTwins savedTwins, TimeProvider time, ILogger<KeepUp> log) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var failed = false;
            try
            {
                await registry.Refresh(cancel);
                await savedTwins.Run(cancel);
                registry.IsLoaded = true;
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

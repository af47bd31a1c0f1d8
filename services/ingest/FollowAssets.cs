using ServiceDefaults;

namespace Ingest;

/// <summary>Keeps the registry up to the log, so that a newly registered asset's readings are accepted within seconds.</summary>
sealed partial class FollowAssets(AssetRegistry registry, TimeProvider time, ILogger<FollowAssets> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        do
        {
            try
            {
                await registry.Refresh(cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotRead(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The asset registry could not be read: {Reason}")]
    partial void LogNotRead(string reason);
}

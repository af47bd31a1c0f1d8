using ServiceDefaults;

namespace Ingest;

/// <summary>Refreshes the asset registry every second, so that readings of a newly registered asset are accepted within seconds.</summary>
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

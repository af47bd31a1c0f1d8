using Microsoft.Extensions.Options;

namespace Simulation.Results;

/// <summary>
/// Keeps stored results within their age and size limits. Events stay; repeating a request recreates its result byte for byte.
/// </summary>
sealed partial class DeleteOldResults(
    ResultStore results, IOptions<SimulationSettings> settings, TimeProvider time, ILogger<DeleteOldResults> logger) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                var deleted = await results.Delete(
                    time.GetUtcNow().AddDays(-settings.Value.KeepResultsDays), (long)settings.Value.KeepResultsMegabytes << 20, cancel);
                Measures.Deleted.Add(deleted);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotNow(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old results could not be deleted: {Reason}")]
    partial void LogNotNow(string reason);
}

using Cluster;
using Contracts.Events;
using ServiceDefaults;

namespace Ingest.Seals;

/// <summary>Looks every ten seconds whether a day is to be sealed. One of the replicas does it; without a key, none.</summary>
sealed partial class SealDays(Owners owners, TimeProvider time, ILogger<SealDays> logger, SealLog? log = null) : BackgroundService
{
    // An id that no asset can have.
    const string Job = "seal/";

    DateTimeOffset startedAt;
    LogSealed? newest;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        startedAt = time.GetUtcNow();
        if (log is null) LogIsOff();
        else Measures.WatchSeals(() => (time.GetUtcNow() - EndOf(newest)).TotalSeconds);
        return base.StartAsync(cancellationToken);
    }

    DateTimeOffset EndOf(LogSealed? seal) =>
        seal is null ? startedAt : new DateTimeOffset(seal.Day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        if (log is null) return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), time);
        do
        {
            if (newest is not null && SealLog.ToClose(newest.Day, newest.Day, time.GetUtcNow()) is null) continue;
            try
            {
                newest = owners.IsMine(Job) ? await log.Run(cancel) : await log.Newest(cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                // Another replica was first: the next look finds its seal.
                if (StoreFaults.IsConflict(e)) LogOther();
                else LogNotSealed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sealing is off: the setting Ingest:SealKeyFile names no key")]
    partial void LogIsOff();

    [LoggerMessage(Level = LogLevel.Information, Message = "Another replica seals the day")]
    partial void LogOther();

    [LoggerMessage(Level = LogLevel.Error, Message = "The log could not be sealed: {Reason}")]
    partial void LogNotSealed(string reason);
}

using System.Collections.Concurrent;
using Npgsql;
using ServiceDefaults;

namespace TwinState.Upkeep;

/// <summary>
/// The assets whose twins are kept in memory, by slot: those that have ever sent a reading or whose twin was saved. A plant registers far
/// more assets than it has connected.
/// </summary>
sealed class AssetsWithTwin(LogReader log, NpgsqlDataSource source, TimeProvider time)
{
    // After a longer time without a look, the names of all streams are fewer than the events since.
    static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<string, byte>[] slots =
        [.. Enumerable.Range(0, Slots.Count).Select(_ => new ConcurrentDictionary<string, byte>())];
    DateTimeOffset lookedAt;
    long seenTo;

    public IEnumerable<string> In(int slot) => slots[slot].Select(a => a.Key);

    /// <summary>Looks for new ones in the log; one call at a time.</summary>
    public async Task Refresh(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var end = await log.Position(cancel);
        if (seenTo == 0)
        {
            await using var command = source.CreateCommand($"select asset_id from {ReadModels.Twin}");
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) Add(reader.GetString(0));
        }
        foreach (var asset in await log.AssetsWithTelemetry(now - lookedAt < Recent ? seenTo : 0, cancel)) Add(asset);
        (seenTo, lookedAt) = (end, now);
    }

    void Add(string asset) => slots[Slots.Of(asset)].TryAdd(asset, 0);
}

/// <summary>
/// Keeps <see cref="AssetsWithTwin"/> current, also while another replica owns the partitions, and beside the messages, which must not wait
/// for the log.
/// </summary>
sealed partial class FollowAssetsWithTwin(AssetsWithTwin withTwin, TimeProvider time, ILogger<FollowAssetsWithTwin> logger)
    : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var pause = LookEvery;
            try
            {
                await withTwin.Refresh(cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotNow(e.Message);
                pause = RetryAfter;
            }
            await Task.Delay(pause, time, cancel);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Assets that began to send cannot be looked up: {Reason}")]
    partial void LogNotNow(string reason);
}

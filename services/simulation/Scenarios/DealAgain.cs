using MassTransit;

namespace Simulation.Scenarios;

/// <summary>How far the shards of a running scenario are.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="Progress">Sum over its shards; one that is stored counts 1.</param>
/// <param name="Shards">Their number.</param>
readonly record struct ShardsProgress(string ScenarioId, double Progress, int Shards);

/// <summary>
/// Which scenarios stand still, so that their shards are to be sent again: a message may have been lost with the process that was about to
/// send or to acknowledge it. Whoever waits in a long queue stands still, too, hence ever longer pauses; a shard sent twice is stored once.
/// Pure.
/// </summary>
sealed class DealAgain
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    readonly Dictionary<string, (double Progress, DateTimeOffset Since, TimeSpan Pause)> known = [];

    /// <summary>The scenarios whose shards are due to be sent again.</summary>
    public IReadOnlyList<ShardsProgress> Due(IReadOnlyCollection<ShardsProgress> running, DateTimeOffset now)
    {
        foreach (var ended in known.Keys.Except(running.Select(r => r.ScenarioId)).ToList()) known.Remove(ended);
        List<ShardsProgress> due = [];
        foreach (var scenario in running)
        {
            if (!known.TryGetValue(scenario.ScenarioId, out var last) || last.Progress != scenario.Progress)
            {
                known[scenario.ScenarioId] = (scenario.Progress, now, FirstPause);
            }
            else if (now - last.Since >= last.Pause)
            {
                known[scenario.ScenarioId] = last with { Since = now, Pause = 2 * last.Pause };
                due.Add(scenario);
            }
        }
        return due;
    }
}

/// <summary>Sends the shards of scenarios that stand still again.</summary>
sealed partial class SendShardsAgain(ScenarioStore store, IBus bus, TimeProvider time, ILogger<SendShardsAgain> logger) : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        DealAgain deal = new();
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                foreach (var (id, progress, shards) in deal.Due(await store.Running(cancel), time.GetUtcNow()))
                {
                    LogStandsStill(id, progress, shards);
                    await bus.SendShards(id, Enumerable.Range(0, shards), cancel);
                }
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotNow(e.Message);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Scenario {Id} stands still, with {Progress} of {Shards} shards done: they are sent again")]
    partial void LogStandsStill(string id, double progress, int shards);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scenarios that stand still could not be looked for: {Reason}")]
    partial void LogNotNow(string reason);
}

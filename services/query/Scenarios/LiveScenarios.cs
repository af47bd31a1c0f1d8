using System.Collections.Concurrent;
using Contracts.Messages;
using Contracts.Scenarios;
using MassTransit;

namespace Query.Scenarios;

/// <summary>
/// The newest view of each scenario, and a signal for those who wait. Lost, duplicate or reordered messages do no harm: the table is
/// authoritative.
/// </summary>
sealed class LiveScenarios
{
    const int Most = 1_000;

    readonly ConcurrentDictionary<string, ScenarioView> newest = new(StringComparer.Ordinal);
    volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change of any scenario.</summary>
    public Task Changed => changed.Task;

    public ScenarioView? Find(string id) => newest.GetValueOrDefault(id);

    /// <summary>Takes a view; older ones are ignored.</summary>
    public void Offer(ScenarioView view)
    {
        newest.AddOrUpdate(view.Id, view, (_, known) => Newer(known, view));
        // Ids begin with their time, so the oldest are dropped.
        if (newest.Count > Most) foreach (var id in newest.Keys.Order(StringComparer.Ordinal).Take(Most / 10)) newest.TryRemove(id, out _);
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>
    /// The newer of two views. A newer event may carry less progress than the shards have already reported; progress never goes back.
    /// </summary>
    public static ScenarioView Newer(ScenarioView a, ScenarioView? b) =>
        b is null || !IsNewer(b, a) ? a : b.Progress >= a.Progress || SavedScenarios.IsFinal(b) ? b : b with { Progress = a.Progress };

    static bool IsNewer(ScenarioView view, ScenarioView than) => (view.Version, view.Progress).CompareTo((than.Version, than.Progress)) > 0;
}

/// <summary>Takes changed scenarios.</summary>
sealed class TakeScenarioChanged(LiveScenarios scenarios) : IConsumer<ScenarioChanged>
{
    public Task Consume(ConsumeContext<ScenarioChanged> context)
    {
        scenarios.Offer(context.Message.Scenario);
        return Task.CompletedTask;
    }
}

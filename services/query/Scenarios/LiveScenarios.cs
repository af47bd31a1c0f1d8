using System.Collections.Concurrent;
using Contracts.Messages;
using Contracts.Scenarios;
using MassTransit;

namespace Query.Scenarios;

/// <summary>
/// The newest news of scenarios, and a bell for those who wait. Lost, doubled or reordered messages do no harm; the table has the truth.
/// </summary>
sealed class LiveScenarios
{
    const int Most = 1_000;

    readonly ConcurrentDictionary<string, ScenarioView> newest = new(StringComparer.Ordinal);
    volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next news of any scenario.</summary>
    public Task Changed => changed.Task;

    public ScenarioView? Find(string id) => newest.GetValueOrDefault(id);

    /// <summary>Takes a view unless it is old.</summary>
    public void Offer(ScenarioView view)
    {
        newest.AddOrUpdate(view.Id, view, (_, known) => Newer(known, view));
        // Ids begin with their time.
        if (newest.Count > Most) foreach (var id in newest.Keys.Order(StringComparer.Ordinal).Take(Most / 10)) newest.TryRemove(id, out _);
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>
    /// The one that knows more. The progress of an event may be behind what its parts have told already; it never goes back.
    /// </summary>
    public static ScenarioView Newer(ScenarioView a, ScenarioView? b) =>
        b is null || !IsNewer(b, a) ? a : b.Progress >= a.Progress || SavedScenarios.IsFinal(b) ? b : b with { Progress = a.Progress };

    static bool IsNewer(ScenarioView view, ScenarioView than) => (view.Version, view.Progress).CompareTo((than.Version, than.Progress)) > 0;
}

/// <summary>Takes the news of scenarios.</summary>
sealed class TakeScenarioChanged(LiveScenarios scenarios) : IConsumer<ScenarioChanged>
{
    public Task Consume(ConsumeContext<ScenarioChanged> context)
    {
        scenarios.Offer(context.Message.Scenario);
        return Task.CompletedTask;
    }
}

using System.Diagnostics;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>
/// Does the work of many callers together: what is asked for while work is under way waits and is done in one go, so a single call is not
/// delayed. If a fault may lie in one item, the items are halved until that one is alone; every other fault is everybody's.
/// </summary>
/// <param name="mostItems">Most items at a time.</param>
/// <param name="mostAtOnce">Most works under way.</param>
/// <param name="work">Returns one result per item, in their order; if it fails, it has done nothing.</param>
sealed class CoalescedCalls<TItem, TResult>(
    int mostItems, int mostAtOnce, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> work)
{
    readonly Lock gate = new();
    readonly Queue<Call> waiting = new();
    int underWay;

    /// <summary>The result for this item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancel">Stops waiting; the work may be done all the same.</param>
    public Task<TResult> Add(TItem item, CancellationToken cancel)
    {
        var call = new Call(item, new(TaskCreationOptions.RunContinuationsAsynchronously), Activity.Current);
        bool begins;
        lock (gate)
        {
            waiting.Enqueue(call);
            begins = underWay < mostAtOnce;
            if (begins) underWay++;
        }
        if (begins) _ = Task.Run(WorkOff, CancellationToken.None);
        return call.Result.Task.WaitAsync(cancel);
    }

    async Task WorkOff()
    {
        while (Next() is { Length: > 0 } calls)
        {
            // Work for several callers belongs to the trace of the first.
            Activity.Current = calls[0].Activity;
            await Do(calls);
        }
    }

    Call[] Next()
    {
        lock (gate)
        {
            Call[] calls = [.. Enumerable.Range(0, Math.Min(mostItems, waiting.Count)).Select(_ => waiting.Dequeue())];
            if (calls.Length == 0) underWay--;
            return calls;
        }
    }

    async Task Do(Call[] calls)
    {
        try
        {
            var results = await work([.. calls.Select(c => c.Item)]);
            foreach (var (call, result) in calls.Zip(results)) call.Result.SetResult(result);
        }
        catch (Exception e) when (calls.Length > 1 && (StoreFaults.IsPermanent(e) || StoreFaults.IsConflict(e)))
        {
            await Do(calls[..(calls.Length / 2)]);
            await Do(calls[(calls.Length / 2)..]);
        }
        catch (Exception e)
        {
            foreach (var call in calls) call.Result.SetException(e);
        }
    }

    sealed record Call(TItem Item, TaskCompletionSource<TResult> Result, Activity? Activity);
}

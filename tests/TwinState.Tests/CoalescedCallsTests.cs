using System.Collections.Concurrent;
using TwinState.Twins;

namespace TwinState.Tests;

public class CoalescedCallsTests
{
    readonly ConcurrentQueue<int[]> done = new();
    readonly TaskCompletionSource begun = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Doubles numbers; fails for those given, as the caller or the server would.</summary>
    CoalescedCalls<int, int> Doubling(int mostItems, Task? gate = null, Func<int, Exception?>? fault = null) => new(
        mostItems, mostAtOnce: 1, async items =>
        {
            begun.TrySetResult();
            if (gate is not null) await gate;
            done.Enqueue([.. items]);
            if (fault is not null && items.Select(fault).OfType<Exception>().FirstOrDefault() is { } exception) throw exception;
            return [.. items.Select(i => 2 * i)];
        });

    /// <summary>The first call is under way until all others wait.</summary>
    async Task<Task<int>[]> Together(Func<Task, CoalescedCalls<int, int>> create, int count)
    {
        var gate = new TaskCompletionSource();
        var calls = create(gate.Task);
        var first = calls.Add(0, Cancel);
        await begun.Task;
        Task<int>[] all = [first, .. Enumerable.Range(1, count).Select(i => calls.Add(i, Cancel))];
        gate.SetResult();
        return all;
    }

    [Fact]
    public async Task What_waits_is_done_together_and_everybody_gets_its_own_result()
    {
        var all = await Together(gate => Doubling(4, gate), 6);
        Assert.Equal(new[] { 0, 2, 4, 6, 8, 10, 12 }, await Task.WhenAll(all));
        Assert.Equal([[0], [1, 2, 3, 4], [5, 6]], done);
    }

    [Fact]
    public async Task One_that_can_never_succeed_fails_alone()
    {
        var all = await Together(gate => Doubling(8, gate, i => i == 3 ? new FormatException("bad") : null), 6);
        await Assert.ThrowsAsync<FormatException>(() => all[3]);
        Assert.Equal(new[] { 0, 2, 4, 8, 10, 12 }, await Task.WhenAll(all.Where((_, i) => i != 3)));
    }

    [Fact]
    public async Task One_that_somebody_else_wrote_first_fails_alone()
    {
        var all = await Together(gate => Doubling(8, gate, i => i == 3 ? new TwinTakenOverException("kettle") : null), 6);
        await Assert.ThrowsAsync<TwinTakenOverException>(() => all[3]);
        Assert.Equal(new[] { 0, 2, 4, 8, 10, 12 }, await Task.WhenAll(all.Where((_, i) => i != 3)));
    }

    [Fact]
    public async Task A_fault_that_may_pass_is_everybodys_and_is_not_tried_again()
    {
        var all = await Together(gate => Doubling(8, gate, i => i == 3 ? new TimeoutException() : null), 6);
        foreach (var call in all[1..]) await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Equal([[0], [1, 2, 3, 4, 5, 6]], done);
    }

    [Fact]
    public async Task Nothing_gets_lost_when_many_call_at_once()
    {
        var calls = Doubling(16);
        var results = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => Task.Run(() => calls.Add(i, Cancel), Cancel)));
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => 2 * i), results);
    }

    [Fact]
    public async Task A_caller_may_stop_waiting()
    {
        var calls = Doubling(1, gate: new TaskCompletionSource().Task);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = calls.Add(1, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }
}

using Query.Pasts;
using ServiceDefaults;

namespace Query.Tests;

/// <summary>Callers take turns at expensive questions.</summary>
public class FoldPlacesTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_who_asks_much_does_not_hold_up_another()
    {
        var places = new FoldPlaces(1);
        var first = await Enter(places, "ann");
        List<string> order = [];
        List<Task> waiting = [];
        foreach (var name in new[] { "ann", "ann", "ann", "bob", "cid", "bob" })
        {
            var entered = Enter(places, name);
            Assert.False(entered.IsCompleted);
            waiting.Add(Note(entered, name));
        }
        first.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Cancel);
        Assert.Equal(["ann", "bob", "cid", "ann", "bob", "ann"], order);
        (await Enter(places, "bob")).Dispose();

        async Task Note(Task<IDisposable> entered, string name)
        {
            using var place = await entered;
            order.Add(name);
        }
    }

    [Fact]
    public async Task Who_leaves_the_queue_takes_no_place_with_him()
    {
        var places = new FoldPlaces(1);
        var first = await Enter(places, "ann");
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var gone = Enter(places, "bob", left.Token);
        var next = Enter(places, "bob");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.Dispose();
        (await next.WaitAsync(Cancel)).Dispose();
        (await Enter(places, "cid").WaitAsync(Cancel)).Dispose();
    }

    [Fact]
    public async Task Nobody_queues_without_end()
    {
        var places = new FoldPlaces(1);
        using var first = await Enter(places, "ann");
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        for (var i = 0; i < 100; i++) _ = Enter(places, "ann", left.Token);
        await Assert.ThrowsAsync<BusyException>(() => Enter(places, "ann"));
        Assert.False(Enter(places, "bob", left.Token).IsCompleted);
        await left.CancelAsync();
    }

    static async Task<IDisposable> Enter(FoldPlaces places, string name, CancellationToken? cancel = null)
    {
        Caller.Current = new(name);
        return await places.Enter(cancel ?? Cancel);
    }
}

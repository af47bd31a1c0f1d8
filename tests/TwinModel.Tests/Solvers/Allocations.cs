namespace TwinModel.Tests.Solvers;

static class Allocations
{
    /// <summary>
    /// Bytes that an action allocates, the least of three times: the runtime allocates something of its own on a thread now and then, as
    /// when it replaces a method by better code.
    /// </summary>
    public static long Of(Action action) =>
        Enumerable.Range(0, 3).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
}

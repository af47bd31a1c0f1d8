using ServiceDefaults;

namespace Query.Pasts;

/// <summary>Bounds how many past states are computed from the log at the same time: each keeps a processor busy.</summary>
sealed class FoldPlaces(int atOnce = 2)
{
    static readonly TimeSpan LongestQueueing = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim free = new(atOnce);

    /// <summary>Waits for a place, which is given back by disposing of the result.</summary>
    /// <exception cref="BusyException">None became free.</exception>
    public async Task<IDisposable> Enter(CancellationToken cancel)
    {
        if (!await free.WaitAsync(LongestQueueing, cancel))
            throw new BusyException("Too many past twins are being computed from the log; try again.", LongestQueueing);
        return new Place(free);
    }

    sealed class Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}

using ServiceDefaults;

namespace Query.Pasts;

/// <summary>
/// Bounds how many past states are computed from the log at the same time: each keeps a processor busy. Callers take turns, so that one who
/// asks a hundred questions at once holds up nobody else's first.
/// </summary>
sealed class FoldPlaces(int atOnce = 2)
{
    // More than anybody waits for within the time below.
    const int MostWaitingOfOne = 100;

    static readonly TimeSpan LongestQueueing = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    // The callers who wait, in the order of their turns, each with its questions in their order.
    readonly LinkedList<(string Caller, LinkedList<TaskCompletionSource> Questions)> turns = new();
    int free = atOnce;

    /// <summary>Waits for a place, which is given back by disposing of the result.</summary>
    /// <exception cref="BusyException">None became free.</exception>
    public async Task<IDisposable> Enter(CancellationToken cancel)
    {
        if (Wait(Caller.Current) is not { } turn) return new Place(this);
        try
        {
            await turn.Task.WaitAsync(LongestQueueing, cancel);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Its turn may have come at the same moment.
            if (!turn.TrySetCanceled(CancellationToken.None)) Leave();
            if (e is OperationCanceledException) throw;
            throw Busy();
        }
        return new Place(this);
    }

    // Null: there is a place.
    TaskCompletionSource? Wait(Caller caller)
    {
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return null;
            }
            var name = $"{caller.Tenant}/{caller.Actor ?? caller.Address}";
            var own = turns.FirstOrDefault(t => t.Caller == name).Questions;
            if (own is null) turns.AddLast((name, own = new()));
            if (own.Count >= MostWaitingOfOne) throw Busy();
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            own.AddLast(turn);
            return turn;
        }
    }

    void Leave()
    {
        lock (gate)
        {
            while (turns.First is { } first)
            {
                var (caller, questions) = first.Value;
                turns.RemoveFirst();
                if (questions.First is not { } next) continue;
                questions.RemoveFirst();
                if (questions.Count > 0) turns.AddLast((caller, questions));
                if (next.Value.TrySetResult()) return;
            }
            free++;
        }
    }

    static BusyException Busy() => new("Too many past twins are being computed from the log; try again.", LongestQueueing);

    sealed class Place(FoldPlaces of) : IDisposable
    {
        public void Dispose() => of.Leave();
    }
}

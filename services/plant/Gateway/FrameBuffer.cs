using Plant.Sensors;

namespace Plant.Gateway;

/// <summary>
/// Store and forward. A frame stays until the broker has acknowledged it, and for a while after: a broker that dies hard forgets
/// what it had acknowledged but not yet saved, so after a reconnect the last frames go out again. The receiver is idempotent.
/// Times are spans on any steady clock.
/// </summary>
sealed class FrameBuffer(int capacity)
{
    public static readonly TimeSpan ResendWindow = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly SemaphoreSlim news = new(0);
    readonly PriorityQueue<Entry, (TimeSpan DueAt, long Ticket)> waiting = new();
    readonly Dictionary<long, Entry> inFlight = [];
    readonly Queue<(TimeSpan At, Entry Entry)> acknowledged = new();
    long tickets;

    public int Count
    {
        get { lock (gate) return waiting.Count + inFlight.Count; }
    }

    /// <summary>Frames given up because the buffer was full.</summary>
    public long Dropped { get; private set; }

    public long Acknowledged { get; private set; }

    public void Add(Frame frame, TimeSpan dueAt)
    {
        lock (gate)
        {
            if (waiting.Count >= capacity)
            {
                waiting.Dequeue();
                Dropped++;
            }
            Enqueue(new(frame, dueAt, tickets++));
            if (news.CurrentCount == 0) news.Release();
        }
    }

    /// <summary>Returns when something was added, or after the given time.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancel) => news.WaitAsync(longest, cancel);

    /// <summary>When the next frame is due; null when none waits.</summary>
    public TimeSpan? NextDue()
    {
        lock (gate) return waiting.TryPeek(out var entry, out _) ? entry.DueAt : null;
    }

    /// <summary>Takes the next due frame for sending. The ticket goes to <see cref="Acknowledge"/> or <see cref="PutBack"/>.</summary>
    public bool TryTake(TimeSpan now, out Frame frame, out long ticket)
    {
        lock (gate)
        {
            (frame, ticket) = (null!, 0);
            if (!waiting.TryPeek(out var entry, out _) || entry.DueAt > now) return false;
            inFlight.Add(entry.Ticket, waiting.Dequeue());
            (frame, ticket) = (entry.Frame, entry.Ticket);
            return true;
        }
    }

    public void Acknowledge(long ticket, TimeSpan now)
    {
        lock (gate)
        {
            if (!inFlight.Remove(ticket, out var entry)) return;
            Acknowledged++;
            acknowledged.Enqueue((now, entry));
            while (acknowledged.Peek().At < now - ResendWindow) acknowledged.Dequeue();
        }
    }

    /// <summary>The frame keeps its place in the order.</summary>
    public void PutBack(long ticket)
    {
        lock (gate)
        {
            if (inFlight.Remove(ticket, out var entry)) Enqueue(entry);
        }
    }

    /// <summary>What was taken but not acknowledged, or acknowledged shortly before the connection broke, is due again.</summary>
    public void Reconnected()
    {
        lock (gate)
        {
            foreach (var (_, entry) in acknowledged) Enqueue(entry);
            foreach (var entry in inFlight.Values) Enqueue(entry);
            acknowledged.Clear();
            inFlight.Clear();
        }
    }

    void Enqueue(Entry entry) => waiting.Enqueue(entry, (entry.DueAt, entry.Ticket));

    sealed record Entry(Frame Frame, TimeSpan DueAt, long Ticket);
}

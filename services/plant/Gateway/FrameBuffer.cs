using Plant.Sensors;

namespace Plant.Gateway;

/// <summary>
/// Store and forward. A frame is kept until the broker has acknowledged it, and for a while after: a broker that crashes loses what it had
/// acknowledged but not yet saved, so the last frames are sent again after a reconnect. The receiver is idempotent.
/// Times are spans on any monotonic clock.
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

    /// <summary>Number of frames discarded because the buffer was full.</summary>
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

    /// <summary>Returns when a frame has been added, or after the given time.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancel) => news.WaitAsync(longest, cancel);

    /// <summary>When the next frame is due; null if none is waiting.</summary>
    public TimeSpan? NextDue()
    {
        lock (gate) return waiting.TryPeek(out var entry, out _) ? entry.DueAt : null;
    }

    /// <summary>Takes the next due frame for sending. Pass the ticket to <see cref="Acknowledge"/> or <see cref="PutBack"/>.</summary>
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

    /// <summary>Returns a frame to its place in the order.</summary>
    public void PutBack(long ticket)
    {
        lock (gate)
        {
            if (inFlight.Remove(ticket, out var entry)) Enqueue(entry);
        }
    }

    /// <summary>Requeues frames that were not acknowledged, or were acknowledged shortly before the connection broke.</summary>
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

using Plant.Sensors;

namespace Plant.Gateway;

/// <summary>
/// Store and forward. A frame stays until the broker acknowledged it, and for a while after: a broker that dies hard forgets
/// what it had acknowledged but not yet saved, so after a reconnect the last frames go out again. The receiver is idempotent.
/// Times are spans on any steady clock.
/// </summary>
sealed class FrameBuffer(int capacity)
{
    public static readonly TimeSpan ResendWindow = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly SemaphoreSlim news = new(0);
    readonly PriorityQueue<Frame, (TimeSpan DueAt, long Order)> waiting = new();
    readonly Dictionary<long, Frame> inFlight = [];
    readonly Queue<(TimeSpan At, Frame Frame)> acknowledged = new();
    long order;

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
            waiting.Enqueue(frame, (dueAt, order++));
            if (news.CurrentCount == 0) news.Release();
        }
    }

    /// <summary>Returns when something was added, or after the given time.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancel) => news.WaitAsync(longest, cancel);

    /// <summary>When the next frame is due; null when none waits.</summary>
    public TimeSpan? NextDue()
    {
        lock (gate) return waiting.TryPeek(out _, out var priority) ? priority.DueAt : null;
    }

    /// <summary>Takes the next due frame for sending. Give the ticket back with <see cref="Acknowledge"/>, or reconnect.</summary>
    public bool TryTake(TimeSpan now, out Frame frame, out long ticket)
    {
        lock (gate)
        {
            ticket = order;
            if (!waiting.TryPeek(out frame!, out var priority) || priority.DueAt > now) return false;
            waiting.Dequeue();
            inFlight.Add(order++, frame);
            return true;
        }
    }

    public void Acknowledge(long ticket, TimeSpan now)
    {
        lock (gate)
        {
            if (!inFlight.Remove(ticket, out var frame)) return;
            Acknowledged++;
            acknowledged.Enqueue((now, frame));
            while (acknowledged.Peek().At < now - ResendWindow) acknowledged.Dequeue();
        }
    }

    /// <summary>Everything taken but not acknowledged, and everything acknowledged shortly before the connection broke, is due again.</summary>
    public void Reconnected()
    {
        lock (gate)
        {
            foreach (var (_, frame) in acknowledged) waiting.Enqueue(frame, (TimeSpan.MinValue, order++));
            foreach (var (_, frame) in inFlight.OrderBy(entry => entry.Key)) waiting.Enqueue(frame, (TimeSpan.MinValue, order++));
            acknowledged.Clear();
            inFlight.Clear();
        }
    }
}

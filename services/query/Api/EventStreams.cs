using System.Buffers;
using System.IO.Pipelines;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Server-sent events.</summary>
static class EventStreams
{
    public const string MediaType = "text/event-stream";

    /// <summary>Proxies close connections that stay silent.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Sends items until they end, the client leaves or stops reading, or the service stops.</summary>
    /// <param name="http">The request; nothing may have been written yet.</param>
    /// <param name="items">What to send; not looked at for HEAD.</param>
    /// <param name="write">Writes an item.</param>
    public static async Task Send<T>(HttpContext http, IAsyncEnumerable<T> items, Action<PipeWriter, T> write)
    {
        http.Response.ContentType = MediaType;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var body = http.Response.BodyWriter;
        try
        {
            await http.Response.StartAsync(http.RequestAborted);
            if (HttpMethods.IsHead(http.Request.Method)) return;
            // Without it, a client would not know for up to a heartbeat whether its request was accepted.
            // Not the writer, which has nothing yet and so flushes nothing when the answer could have been compressed.
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await foreach (var item in items)
            {
                write(body, item);
                var flush = body.FlushAsync(http.RequestAborted).AsTask();
                if (!await CutSlowReaders.Within(http, flush) || (await flush).IsCompleted) return;
            }
        }
        catch (OperationCanceledException)
        {
            // The client disconnected or the service is stopping; either way the stream ends.
        }
    }

    /// <summary>Keeps the connection open.</summary>
    public static void WriteHeartbeat(PipeWriter to) => to.Write(":\n\n"u8);
}

/// <summary>Bounds and counts those who watch something.</summary>
/// <param name="most">How many may watch at the same time.</param>
sealed class Watchers(int most)
{
    int present;

    /// <summary>How many watch now.</summary>
    public int Present => present;

    /// <summary>Takes a place, which is given back by disposing of the result.</summary>
    /// <exception cref="BusyException">None is free.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref present) <= most) return new Place(this);
        Interlocked.Decrement(ref present);
        throw new BusyException($"There are already {most} watchers.", EventStreams.Heartbeat);
    }

    sealed class Place(Watchers of) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref of.present);
    }
}

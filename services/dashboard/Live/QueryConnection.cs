using Grpc.Core;
using Grpc.Net.Client;

namespace Dashboard.Live;

/// <summary>
/// Keeps the connection to query up and reports when it is down. It polls query because the channel's state is not enough: a connection to
/// a process that is shutting down counts as ready while every call is refused.
/// </summary>
sealed partial class QueryConnection(GrpcChannel channel, TimeProvider time, ILogger<QueryConnection> log) : BackgroundService
{
    static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);
    static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // The standard health service; any answer shows that query is reachable.
    static readonly Marshaller<byte[]> Bytes = Marshallers.Create(sent => sent, received => received);
    static readonly Method<byte[], byte[]> Check = new(MethodType.Unary, "grpc.health.v1.Health", nameof(Check), Bytes, Bytes);

    volatile TaskCompletionSource up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised on any thread.</summary>
    public event Action? Changed;

    public bool IsUp { get; private set; }

    /// <summary>Time of the last change of <see cref="IsUp"/>.</summary>
    public DateTimeOffset Since { get; private set; } = time.GetUtcNow();

    /// <summary>Completes when query is reachable.</summary>
    public Task UntilUp(CancellationToken cancel) => up.Task.WaitAsync(cancel);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            // Read before the request, so that a change during the request is not missed.
            var state = channel.State;
            Set(await Answers(stopping));
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            // The channel reports most disconnects and reconnects at once.
            await Task.WhenAny(
                channel.WaitForStateChangedAsync(state, waiting.Token),
                Task.Delay(IsUp ? AskEvery : AskAgainAfter, time, waiting.Token));
            await waiting.CancelAsync();
        }
    }

    async Task<bool> Answers(CancellationToken stopping)
    {
        try
        {
            var options = new CallOptions(deadline: time.GetUtcNow().UtcDateTime + Patience, cancellationToken: stopping);
            await channel.CreateCallInvoker().AsyncUnaryCall(Check, null, options, []);
            return true;
        }
        catch (RpcException e)
        {
            stopping.ThrowIfCancellationRequested();
            return e.StatusCode switch
            {
                StatusCode.Unavailable => false,
                // Slow, or gone without closing the connection; keep-alive pings tell which.
                StatusCode.DeadlineExceeded => channel.State == ConnectivityState.Ready,
                _ => true,
            };
        }
    }

    void Set(bool isUp)
    {
        if (isUp == IsUp) return;
        (IsUp, Since) = (isUp, time.GetUtcNow());
        if (isUp) up.TrySetResult();
        else up = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LogChanged(isUp ? "is reachable" : "is unreachable");
        Changed?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The query service {State}")]
    partial void LogChanged(string state);
}

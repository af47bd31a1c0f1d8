using Grpc.Core;
using Grpc.Net.Client;

namespace Dashboard.Live;

/// <summary>Keeps the connection to query up, and says when it is not.</summary>
sealed partial class QueryConnection(GrpcChannel channel, TimeProvider time, ILogger<QueryConnection> log) : BackgroundService
{
    volatile TaskCompletionSource up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised on any thread.</summary>
    public event Action? Changed;

    public bool IsUp { get; private set; }

    /// <summary>Since when it is as it is.</summary>
    public DateTimeOffset Since { get; private set; } = time.GetUtcNow();

    /// <summary>Ends when query is there.</summary>
    public Task UntilUp(CancellationToken cancel) => up.Task.WaitAsync(cancel);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            await channel.ConnectAsync(stopping);
            Set(true);
            await channel.WaitForStateChangedAsync(ConnectivityState.Ready, stopping);
            Set(channel.State == ConnectivityState.Ready);
        }
    }

    void Set(bool isUp)
    {
        if (isUp == IsUp) return;
        (IsUp, Since) = (isUp, time.GetUtcNow());
        if (isUp) up.TrySetResult();
        else up = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LogChanged(isUp ? "is there" : "is away");
        Changed?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Query {State}")]
    partial void LogChanged(string state);
}

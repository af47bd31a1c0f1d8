using Contracts.Query.V1;
using Grpc.Core;

namespace Dashboard.Live;

/// <summary>The open alarms of all machines that the user of a page may see, as they change.</summary>
sealed partial class AlarmFeed(AlarmService.AlarmServiceClient client, QueryConnection connection, ILogger<AlarmFeed> log) : IDisposable
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource left = new();
    bool isRunning;

    /// <summary>Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>What is open; null until that is known.</summary>
    public OpenAlarms? Now { get; private set; }

    /// <summary>Begins to follow, once.</summary>
    public void Start()
    {
        if (isRunning) return;
        isRunning = true;
        _ = Task.Run(Run);
    }

    async Task Run()
    {
        while (!left.IsCancellationRequested)
        {
            try
            {
                await connection.UntilUp(left.Token);
                using var watch = client.WatchAlarms(new(), cancellationToken: left.Token);
                await foreach (var answer in watch.ResponseStream.ReadAllAsync(left.Token))
                {
                    Now = answer.Open;
                    Changed?.Invoke();
                }
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException && left.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException e)
            {
                LogEnded(e.StatusCode, e.Status.Detail);
            }
            catch (Exception e)
            {
                // A fault of ours; the strip must not stand still because of it.
                LogFailed(e);
            }
            await Task.Delay(RetryAfter, left.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    public void Dispose() => left.Cancel();

    [LoggerMessage(Level = LogLevel.Error, Message = "The stream of open alarms failed; reopening it")]
    partial void LogFailed(Exception reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The stream of open alarms ended with {Status}: {Detail}")]
    partial void LogEnded(StatusCode status, string detail);
}

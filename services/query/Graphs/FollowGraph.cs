using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Graphs;

/// <summary>Reads new relationships and policies every few seconds, for what RabbitMQ did not announce.</summary>
sealed partial class FollowGraph(TwinGraph graph, PolicyLog policies, TimeProvider time, ILogger<FollowGraph> log) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        for (; !cancel.IsCancellationRequested; await Task.Delay(Interval, time, cancel))
        {
            try
            {
                await graph.Refresh(cancel);
                await policies.Refresh(cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogFailed(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Relationships and policies cannot be read: {Reason}")]
    partial void LogFailed(string reason);
}

/// <summary>Reads new relationships when twin-state announces them.</summary>
sealed class TakeGraphChanged(TwinGraph graph) : IConsumer<GraphChanged>
{
    public Task Consume(ConsumeContext<GraphChanged> context) => graph.Refresh(context.CancellationToken);
}

using Contracts.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ServiceDefaults;

namespace TwinState;

/// <summary>
/// Asks RabbitMQ for the depths of twin-state's queues (<see cref="Measures.QueueDepths"/>), for operators and autoscalers, and for the
/// number of failed messages in the error queues of all services. Every replica reports the same. While RabbitMQ is unavailable, nothing is
/// reported rather than the last depth.
/// </summary>
sealed partial class WatchQueues(
    IConfiguration configuration, TimeProvider time, ILogger<WatchQueues> logger) : BackgroundService
{
    static readonly string[] Watched = [QueueNames.News, QueueNames.TwinCommands, QueueNames.Registrations];

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    // RabbitMQ logs an error for each query about a queue that does not exist, which is normal for error queues.
    static readonly TimeSpan LookForErrorsEvery = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        var factory = new ConnectionFactory
        {
            Uri = configuration.RequireRabbitMq(),
            ClientProvidedName = "twin-state queue depths",
            AutomaticRecoveryEnabled = false,
        };
        for (; ; await Task.Delay(LookEvery, time, cancel))
        {
            try
            {
                await Watch(factory, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                Measures.QueueDepths.Clear();
                Measures.FailedMessages.Clear();
                LogNotSeen(e.Message);
            }
        }
    }

    // Asking for a queue that does not exist yet closes the channel; the caller reconnects.
    async Task Watch(ConnectionFactory factory, CancellationToken cancel)
    {
        await using var connection = await factory.CreateConnectionAsync(cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        var errorsDueAt = time.GetUtcNow();
        for (; ; await Task.Delay(LookEvery, time, cancel))
        {
            foreach (var queue in Watched)
            {
                var answer = await channel.QueueDeclarePassiveAsync(queue, cancel);
                Measures.QueueDepths[queue] = answer.MessageCount;
            }
            if (time.GetUtcNow() < errorsDueAt) continue;
            errorsDueAt = time.GetUtcNow() + LookForErrorsEvery;
            foreach (var queue in QueueNames.All)
                await WatchErrors(connection, queue + QueueNames.ErrorSuffix, cancel);
        }
    }

    // An error queue is created with its first message; asking for one that does not exist closes the channel.
    static async Task WatchErrors(IConnection connection, string queue, CancellationToken cancel)
    {
        try
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
            Measures.FailedMessages[queue] = await channel.MessageCountAsync(queue, cancel);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            Measures.FailedMessages[queue] = 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue depths are currently unknown: {Reason}")]
    partial void LogNotSeen(string reason);
}

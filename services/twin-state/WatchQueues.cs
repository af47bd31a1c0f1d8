using Contracts.Messages;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ServiceDefaults;

namespace TwinState;

/// <summary>
/// Asks RabbitMQ how much waits in each partition queue, for <see cref="Measures.QueueDepths"/>: what an operator looks at first, and what
/// a scaler goes by; and how many messages failed, in the error queues of all services. Every replica sees the same. While RabbitMQ is away
/// nothing is reported, rather than the last depth.
/// </summary>
sealed partial class WatchQueues(
    IConfiguration configuration, IOptions<TwinStateSettings> settings, TimeProvider time, ILogger<WatchQueues> logger) : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    // RabbitMQ logs an error each time somebody asks for a queue that is not there, which is the rule for error queues.
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

    // A queue that is not there yet closes the channel: the caller begins anew.
    async Task Watch(ConnectionFactory factory, CancellationToken cancel)
    {
        await using var connection = await factory.CreateConnectionAsync(cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        var errorsDueAt = time.GetUtcNow();
        for (; ; await Task.Delay(LookEvery, time, cancel))
        {
            foreach (var queue in Partitions.Queues(settings.Value))
            {
                var answer = await channel.QueueDeclarePassiveAsync(queue, cancel);
                Measures.QueueDepths[queue] = answer.MessageCount;
            }
            if (time.GetUtcNow() < errorsDueAt) continue;
            errorsDueAt = time.GetUtcNow() + LookForErrorsEvery;
            foreach (var queue in QueueNames.All(settings.Value.Partitions))
                await WatchErrors(connection, queue + QueueNames.ErrorSuffix, cancel);
        }
    }

    // An error queue is there since its first message; asking for one that is not closes the channel.
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue depths are unknown for now: {Reason}")]
    partial void LogNotSeen(string reason);
}

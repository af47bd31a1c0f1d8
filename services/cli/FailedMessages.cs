using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using ServiceDefaults;

namespace Cli;

/// <summary>Lists, shows, replays and drops messages in error queues, i.e. those that a service could not process.</summary>
static class FailedMessages
{
    const string Suffix = QueueNames.ErrorSuffix;

    static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    sealed record FailedMessage(ulong Tag, BasicProperties Properties, byte[] Body);

    // MassTransit's prefix; a replayed message is sent without these headers.
    const string FaultHeaders = "MT-Fault-";

    public static Command Command()
    {
        var queue = new Argument<string?>("QUEUE")
        {
            Description = "An error queue, e.g. twin-state.commands_error; without it, lists all error queues that hold messages",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = new Option<bool>("--json") { Description = "Print each whole message as one JSON object" };
        var replay = new Option<bool>("--replay") { Description = "Send the messages back to the queue they came from" };
        var drop = new Option<bool>("--drop") { Description = "Delete the messages" };
        var command = new Command(
            "failed", "Messages that could not be processed: list, show, replay, drop. Setting: ConnectionStrings__RabbitMq") { queue, json,
            replay, drop };
        command.Validators.Add(result =>
        {
            if (result.GetValue(replay) && result.GetValue(drop)) result.AddError("--replay and --drop cannot be combined.");
            if (result.GetValue(queue) is not { } name)
            {
                if (result.GetValue(replay) || result.GetValue(drop)) result.AddError("--replay and --drop need a QUEUE.");
            }
            else if (!name.EndsWith(Suffix, StringComparison.Ordinal))
            {
                result.AddError($"QUEUE is '{name}'; allowed: a name that ends in {Suffix}.");
            }
        });
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                return await Run(parsed.GetValue(queue), parsed.GetValue(json), parsed.GetValue(replay), parsed.GetValue(drop), cancel);
            }
            catch (Exception e) when (e is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException)
            {
                await Console.Error.WriteLineAsync($"RabbitMQ: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    static async Task<int> Run(string? queue, bool asJson, bool replay, bool drop, CancellationToken cancel)
    {
        var address = Environment.GetEnvironmentVariable("ConnectionStrings__RabbitMq") is { Length: > 0 } given
            ? given
            : throw new InvalidInputException(
                "ConnectionStrings__RabbitMq", null, "amqp://user:password@host:port/ (an environment variable)");
        await using var connection = await new ConnectionFactory
        {
            Uri = new Uri(address),
            ClientProvidedName = "pollux failed",
        }.CreateConnectionAsync(cancel);
        if (queue is null) return await List(connection, cancel);
        await using var channel = await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancel);
        var count = await channel.MessageCountAsync(queue, cancel);
        var done = 0;
        await foreach (var message in Read(channel, queue, cancel).Take((int)count).WithCancellation(cancel))
        {
            Show(message, asJson);
            if (replay)
                await channel.BasicPublishAsync(
                    "", queue[..^Suffix.Length], mandatory: true, WithoutFault(message.Properties), message.Body, cancel);
            // Without an acknowledgement, the message returns to the queue when the channel closes.
            if (replay || drop) await channel.BasicAckAsync(message.Tag, multiple: false, cancel);
            done++;
        }
        if (done < count)
        {
            await Console.Error.WriteLineAsync($"{queue} holds {count} messages but delivered only {done}: another reader has the rest.");
            return 1;
        }
        if (!asJson) Console.WriteLine($"{done} {(replay ? "replayed" : drop ? "dropped" : "messages")}");
        return 0;
    }

    // Like the queues they belong to, error queues have a single active consumer, and such queues do not support basic.get.
    static async IAsyncEnumerable<FailedMessage> Read(IChannel channel, string queue, [EnumeratorCancellation] CancellationToken cancel)
    {
        var arrived = System.Threading.Channels.Channel.CreateUnbounded<FailedMessage>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        // Copied, because the client reuses the body's memory.
        consumer.ReceivedAsync += (_, m) =>
            arrived.Writer.WriteAsync(new(m.DeliveryTag, new(m.BasicProperties), m.Body.ToArray()), cancel).AsTask();
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancel);
        while (true)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(LongestSilence);
            FailedMessage message;
            try
            {
                message = await arrived.Reader.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                yield break;
            }
            yield return message;
        }
    }

    static async Task<int> List(IConnection connection, CancellationToken cancel)
    {
        var any = false;
        foreach (var queue in QueueNames.All.Select(q => q + Suffix))
        {
            try
            {
                // Asking for a queue that does not exist closes the channel.
                await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
                var count = await channel.MessageCountAsync(queue, cancel);
                if (count == 0) continue;
                any = true;
                Console.WriteLine($"{queue,-40} {count}");
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
            }
        }
        if (!any) Console.WriteLine("No messages have failed.");
        return 0;
    }

    static void Show(FailedMessage message, bool asJson)
    {
        var headers = (message.Properties.Headers ?? new Dictionary<string, object?>())
            .ToDictionary(h => h.Key, h => h.Value is byte[] text ? Encoding.UTF8.GetString(text) : $"{h.Value}");
        var body = Encoding.UTF8.GetString(message.Body);
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { headers, body }));
            return;
        }
        Console.WriteLine(
            $"{headers.GetValueOrDefault("MT-Fault-Timestamp")}  {headers.GetValueOrDefault("MT-Fault-ExceptionType")}: "
                + $"{headers.GetValueOrDefault("MT-Fault-Message")}");
        Console.WriteLine($"  {ContentOf(body)}");
    }

    // Show only the message, without MassTransit's envelope.
    static string ContentOf(string body)
    {
        try
        {
            return JsonNode.Parse(body)?["message"]?.ToJsonString() ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    static BasicProperties WithoutFault(IReadOnlyBasicProperties properties) => new(properties)
    {
        Headers = properties.Headers?.Where(h => !h.Key.StartsWith(FaultHeaders, StringComparison.Ordinal))
            .ToDictionary(h => h.Key, h => h.Value),
    };
}

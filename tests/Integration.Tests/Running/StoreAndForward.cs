using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Protocol;

namespace Integration.Tests.Running;

/// <summary>
/// A gateway that loses nothing: QoS 1, and after every lost connection it sends again whatever was not acknowledged or was acknowledged
/// only recently, because a dying broker forgets its last moments. An acknowledgement saying that there are no subscribers does not count.
/// </summary>
sealed class StoreAndForward(Uri mqtt) : IAsyncDisposable
{
    static readonly TimeSpan SentAgain = TimeSpan.FromSeconds(10);

    sealed class Message(string topic, byte[] payload)
    {
        public string Topic => topic;

        public byte[] Payload => payload;

        public DateTimeOffset? AcknowledgedAt { get; set; }
    }

    readonly IMqttClient client = new MqttClientFactory().CreateMqttClient();
    readonly ConcurrentQueue<Message> waiting = new();

    // Released when there may be work: a message to send, or a lost connection. Never disposed, since the client may report a loss late.
    readonly SemaphoreSlim news = new(0);
    readonly ConcurrentDictionary<Message, byte> unacknowledged = new();
    readonly ConcurrentQueue<Message> recent = new();
    readonly SemaphoreSlim inFlight = new(500);
    readonly CancellationTokenSource ended = new();
    Task? running;
    long transmissions;

    /// <summary>Messages handed to the network, including repetitions.</summary>
    public long Transmissions => Interlocked.Read(ref transmissions);

    /// <summary>Messages not yet acknowledged by a broker.</summary>
    public int Unacknowledged => unacknowledged.Count;

    public void Start() => running = Run();

    public void Send(string topic, byte[] payload)
    {
        var message = new Message(topic, payload);
        unacknowledged[message] = 0;
        Enqueue(message);
    }

    /// <summary>Drops the connection.</summary>
    public Task Reconnect() => client.DisconnectAsync();

    async Task Run()
    {
        var lostAt = TimeProvider.System.GetUtcNow();
        client.DisconnectedAsync += _ =>
        {
            news.Release();
            return Task.CompletedTask;
        };
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await client.ConnectAsync(
                    new MqttClientOptionsBuilder().WithBroker(mqtt)
                        .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
                        .WithTimeout(TimeSpan.FromSeconds(3)).Build(),
                    ended.Token);
                SendAgain(lostAt - SentAgain);
                while (client.IsConnected) await SendNext();
            }
            catch (Exception) when (!ended.IsCancellationRequested)
            {
                // The broker is unreachable.
            }
            catch (OperationCanceledException)
            {
                return;
            }
            lostAt = TimeProvider.System.GetUtcNow();
            // Like real gateways, pause before trying an unreachable broker again.
            await Task.Delay(100, ended.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    void SendAgain(DateTimeOffset since)
    {
        waiting.Clear();
        List<Message> again = [.. recent.Where(m => m.AcknowledgedAt >= since)];
        foreach (var message in again.Concat(unacknowledged.Keys)) Enqueue(message);
    }

    void Enqueue(Message message)
    {
        waiting.Enqueue(message);
        news.Release();
    }

    async Task SendNext()
    {
        if (!waiting.TryDequeue(out var message))
        {
            await news.WaitAsync(ended.Token);
            return;
        }
        await inFlight.WaitAsync(ended.Token);
        Interlocked.Increment(ref transmissions);
        _ = Transmit(message);
    }

    async Task Transmit(Message message)
    {
        try
        {
            var result = await client.PublishAsync(
                new MqttApplicationMessageBuilder().WithTopic(message.Topic).WithPayload(message.Payload)
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), ended.Token);
            if (result.ReasonCode == MqttClientPublishReasonCode.Success)
            {
                Acknowledged(message);
            }
            else
            {
                // The broker does not say when a subscriber appears, so send again after a pause.
                await Task.Delay(200, ended.Token);
                Enqueue(message);
            }
        }
        catch (Exception)
        {
            // Stays unacknowledged and is sent again on the next connection.
        }
        finally
        {
            inFlight.Release();
        }
    }

    void Acknowledged(Message message)
    {
        message.AcknowledgedAt = TimeProvider.System.GetUtcNow();
        if (!unacknowledged.TryRemove(message, out _)) return;
        recent.Enqueue(message);
        while (recent.TryPeek(out var oldest) && oldest.AcknowledgedAt < message.AcknowledgedAt - 3 * SentAgain) recent.TryDequeue(out _);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        if (running is not null) await running;
        client.Dispose();
        ended.Dispose();
        inFlight.Dispose();
    }
}

using System.Diagnostics;
using System.Text;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using ServiceDefaults;

namespace Cli.Recordings;

/// <summary>Publishes rows with QoS 1, each with its own trace context. A row counts once the broker has acknowledged it.</summary>
sealed class PublishRows : IAsyncDisposable
{
    const int MostInFlight = 100;
    const int MostAttempts = 30;
    static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    readonly IMqttClient client;
    readonly MqttClientOptions options;
    readonly string topic;
    readonly Queue<Task<int>> inFlight = new();

    PublishRows(IMqttClient client, MqttClientOptions options, string topic) =>
        (this.client, this.options, this.topic) = (client, options, topic);

    public long Rows { get; private set; }

    public long Readings { get; private set; }

    /// <exception cref="QueryException">The broker address is invalid.</exception>
    public static async Task<PublishRows> Connect(string assetId, CancellationToken cancel)
    {
        var text = Environment.GetEnvironmentVariable("ConnectionStrings__Mqtt") is { Length: > 0 } given ? given : "mqtt://127.0.0.1:1883";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            throw new QueryException($"ConnectionStrings__Mqtt is '{text}'; allowed: mqtt://host:port.");
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(address.Host, address.Port > 0 ? address.Port : 1883)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId($"pollux-replay-{assetId}-{Environment.ProcessId}")
            .Build();
        var publisher = new PublishRows(new MqttClientFactory().CreateMqttClient(), options, $"pollux/{assetId}/senml");
        await publisher.client.ConnectAsync(options, cancel);
        return publisher;
    }

    public async Task Publish(DateTimeOffset at, IReadOnlyList<(string Sensor, double Value)> values, CancellationToken cancel)
    {
        if (values.Count == 0) return;
        if (inFlight.Count == MostInFlight) await TakeOldest();
        var trace = $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-01";
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(SenmlPack.Of(at, values)).WithContentType("application/senml+json")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithUserProperty("traceparent", Encoding.UTF8.GetBytes(trace))
            .WithUserProperty(MessageOrigin.ClientProperty, Encoding.UTF8.GetBytes(options.ClientId))
            .Build();
        inFlight.Enqueue(Send(message, values.Count, cancel));
    }

    /// <summary>Waits until the broker has acknowledged everything.</summary>
    public async Task Drain(CancellationToken cancel)
    {
        while (inFlight.Count > 0)
        {
            cancel.ThrowIfCancellationRequested();
            await TakeOldest();
        }
    }

    async Task TakeOldest()
    {
        Readings += await inFlight.Dequeue();
        Rows++;
    }

    // Sending a row twice is harmless: ingest recognises it by its sample time.
    async Task<int> Send(MqttApplicationMessage message, int readings, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!client.IsConnected) await Reconnect(cancel);
                await client.PublishAsync(message, cancel);
                return readings;
            }
            catch (Exception e) when (
                e is MqttCommunicationException or MqttClientDisconnectedException or MqttClientNotConnectedException
                    or InvalidOperationException && attempt < MostAttempts)
            {
                if (attempt == 1 && inFlight.Count < 2) Console.WriteLine($"  broker unreachable ({e.Message}); trying again");
                await Task.Delay(BetweenAttempts, cancel);
            }
        }
    }

    readonly SemaphoreSlim connecting = new(1);

    async Task Reconnect(CancellationToken cancel)
    {
        await connecting.WaitAsync(cancel);
        try
        {
            if (!client.IsConnected) await client.ConnectAsync(options, cancel);
        }
        finally
        {
            connecting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (client.IsConnected) await client.DisconnectAsync();
        client.Dispose();
        connecting.Dispose();
    }
}

using System.Diagnostics;
using System.Text;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using ServiceDefaults;

namespace Cli.Recordings;

/// <summary>
/// Publishes SenML packs with QoS 1, each with its own trace context. A pack counts once the broker has acknowledged it.
/// </summary>
sealed class PublishPacks : IAsyncDisposable
{
    const int MostInFlight = 100;
    const int MostAttempts = 30;
    static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    readonly IMqttClient client;
    readonly MqttClientOptions options;
    readonly Queue<Task<int>> inFlight = new();

    PublishPacks(IMqttClient client, MqttClientOptions options) => (this.client, this.options) = (client, options);

    public long Packs { get; private set; }

    public long Readings { get; private set; }

    /// <exception cref="QueryException">The broker address is invalid.</exception>
    /// <param name="name">Part of the client id.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<PublishPacks> Connect(string name, CancellationToken cancel)
    {
        var text = Environment.GetEnvironmentVariable("ConnectionStrings__Mqtt") is { Length: > 0 } given ? given : "mqtt://127.0.0.1:1883";
        // It may hold a password, which no message repeats.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address is not { Scheme: "mqtt", Host.Length: > 0 })
            throw new QueryException(
                "ConnectionStrings__Mqtt is not understood; allowed: mqtt://host:port or mqtt://user:password@host:port.");
        var builder = new MqttClientOptionsBuilder()
            .WithTcpServer(address.Host, address.Port > 0 ? address.Port : 1883)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId($"pollux-replay-{name}-{Environment.ProcessId}");
        if (address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password])
            builder.WithCredentials(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
        var options = builder.Build();
        var publisher = new PublishPacks(new MqttClientFactory().CreateMqttClient(), options);
        await publisher.client.ConnectAsync(options, cancel);
        return publisher;
    }

    public async Task Publish(string assetId, IReadOnlyList<SenmlRecord> records, CancellationToken cancel)
    {
        if (records.Count == 0) return;
        if (inFlight.Count == MostInFlight) await TakeOldest();
        var trace = $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-01";
        var message = new MqttApplicationMessageBuilder()
            .WithTopic($"pollux/{assetId}/senml").WithPayload(SenmlPack.Of(records)).WithContentType("application/senml+json")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithUserProperty("traceparent", Encoding.UTF8.GetBytes(trace))
            .WithUserProperty(MessageOrigin.ClientProperty, Encoding.UTF8.GetBytes(options.ClientId))
            .Build();
        inFlight.Enqueue(Send(message, records.Count, cancel));
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
        Packs++;
    }

    // Sending a pack twice is harmless: ingest recognises it by its sample time.
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

using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Plant.Faults;
using Plant.Operations;
using ServiceDefaults;

namespace Plant.Gateway;

/// <summary>Keeps a connection to the broker for as long as the plant runs, and forwards the buffer frame by frame.</summary>
sealed partial class MqttGateway(
    EmulatedPlant plant, FrameBuffer buffer, IPayloadFormat format, GatewayState state, Garbage garbage, MqttAddress address,
    PlantSettings settings, TimeProvider time, ILogger<MqttGateway> log) : BackgroundService
{
    static readonly ActivitySource Traces = new("plant");
    static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LongestIdle = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan NobodyListens = TimeSpan.FromMilliseconds(500);
    const int FramesBetweenNews = 30;

    readonly string commandTopic = ReceiveCommand.Topic(settings.Asset);
    volatile bool rebirthAsked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = FirstBackoff;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!Offline)
            {
                var before = state.Connections;
                await RunSession(stoppingToken);
                backoff = state.Connections > before ? FirstBackoff : backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            }
            await Task.Delay(backoff, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    bool Offline => Severity(FaultCatalog.NetworkOutage) > 0;

    double Severity(string fault) => plant.Severity(fault, time.GetUtcNow());

    async Task RunSession(CancellationToken stop)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            client.ApplicationMessageReceivedAsync += Receive;
            var will = format.Will();
            await client.ConnectAsync(Options(will), stop);
            await Subscribe(client, stop);
            buffer.Reconnected();
            state.Opened();
            LogConnected(address.Host, address.Port, buffer.Count);
            await Forward(client, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await SayGoodbye(client);
        }
        catch (Exception e)
        {
            // Whatever broke this session, the next one starts from scratch: a gateway never gives up.
            LogDisconnected(address.Host, address.Port, e.Message);
        }
        finally
        {
            state.Closed();
        }
    }

    MqttClientOptions Options(Packet? will)
    {
        var options = address.ApplyTo(new MqttClientOptionsBuilder())
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId($"{settings.Asset}-gateway")
            .WithCleanStart()
            .WithTimeout(Answer)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15));
        if (will is not null)
        {
            options.WithWillTopic(will.Topic).WithWillPayload(will.Payload)
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        }
        return options.Build();
    }

    async Task Subscribe(IMqttClient client, CancellationToken stop)
    {
        foreach (var topic in format.Subscriptions.Append(commandTopic))
            await client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce, stop);
    }

    async Task Forward(IMqttClient client, CancellationToken stop)
    {
        var openedMicros = DeviceMicros;
        await Introduce(client, stop);
        for (var sent = 0; !Offline;)
        {
            if (!client.IsConnected) throw new IOException("The connection was lost.");
            if (rebirthAsked) await Introduce(client, stop);
            if (!buffer.TryTake(time.GetElapsedTime(0), out var frame, out var ticket))
            {
                await buffer.WaitAsync(Idle(), stop);
                continue;
            }
            var packet = format.Data(frame, historical: frame.SampledAtMicros < openedMicros);
            var received = await Publish(client, packet, stop);
            state.Answered();
            if (!received)
            {
                // After a crash the broker may be back before its subscribers: what it acknowledges now reaches nobody.
                buffer.PutBack(ticket);
                await Task.Delay(NobodyListens, time, stop);
                continue;
            }
            buffer.Acknowledge(ticket, time.GetElapsedTime(0));
            if (garbage.Now(Severity(FaultCatalog.GarbagePayload))) await Publish(client, garbage.Break(packet), stop);
            if (sent++ % FramesBetweenNews == 0 && format.GatewayNews(buffer.Count, DeviceMicros) is { } news)
                await Publish(client, news, stop);
        }
    }

    long DeviceMicros => plant.DeviceMicros(time.GetUtcNow());

    TimeSpan Idle()
    {
        var untilDue = buffer.NextDue() - time.GetElapsedTime(0) ?? LongestIdle;
        return untilDue < TimeSpan.Zero ? TimeSpan.Zero : untilDue < LongestIdle ? untilDue : LongestIdle;
    }

    async Task Introduce(IMqttClient client, CancellationToken stop)
    {
        rebirthAsked = false;
        foreach (var packet in format.Birth(plant.Latest(), DeviceMicros)) await Publish(client, packet, stop);
    }

    /// <summary>Returns once the broker has acknowledged the packet; true if it had at least one matching subscriber.</summary>
    static async Task<bool> Publish(IMqttClient client, Packet packet, CancellationToken stop)
    {
        using var activity = Traces.StartActivity("publish frame", ActivityKind.Producer) ?? UnexportedActivity();
        activity.SetTag("messaging.system", "mqtt").SetTag("messaging.destination.name", packet.Topic);
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(packet.Topic)
            .WithPayload(packet.Payload)
            .WithContentType(packet.ContentType)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithUserProperty("traceparent", Encoding.UTF8.GetBytes(activity.Id!))
            .WithUserProperty(MessageOrigin.ClientProperty, Encoding.UTF8.GetBytes(client.Options.ClientId))
            .Build();
        var result = await client.PublishAsync(message, stop);
        if (!result.IsSuccess) throw new IOException($"The broker refused a message on {packet.Topic}: {result.ReasonCode}.");
        return result.ReasonCode != MqttClientPublishReasonCode.NoMatchingSubscribers;
    }

    // A device sends a trace context whether or not its own spans are collected; the flag asks the receiver to record the trace.
    static Activity UnexportedActivity() => new Activity("publish frame")
        .SetIdFormat(ActivityIdFormat.W3C).SetParentId(ActivityTraceId.CreateRandom(), default, ActivityTraceFlags.Recorded).Start();

    Task Receive(MqttApplicationMessageReceivedEventArgs received)
    {
        var payload = received.ApplicationMessage.Payload.ToArray();
        var topic = received.ApplicationMessage.Topic;
        if (topic != commandTopic)
        {
            if (format.AsksForRebirth(topic, payload)) rebirthAsked = true;
            return Task.CompletedTask;
        }
        try
        {
            ReceiveCommand.Obey(payload, plant, time.GetUtcNow());
            LogCommand(Encoding.UTF8.GetString(payload));
        }
        catch (Exception e) when (e is JsonException or InvalidInputException)
        {
            LogRefusedCommand(e.Message);
        }
        return Task.CompletedTask;
    }

    async Task SayGoodbye(IMqttClient client)
    {
        if (!client.IsConnected) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            if (format.Death(DeviceMicros) is { } death) await Publish(client, death, patience.Token);
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token);
        }
        catch (Exception e)
        {
            LogDisconnected(address.Host, address.Port, e.Message);
        }
    }
}

using System.Buffers;
using System.Diagnostics;
using Cluster;
using Ingest.Payloads;
using Ingest.Recording;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Packets;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Messages;

/// <summary>
/// Takes messages from the broker one at a time, decodes and validates them, and passes them to the recorder; each is acknowledged after
/// its commit. While the recorder is full, no more are taken. Reconnects forever.
/// </summary>
sealed partial class ReceiveMessages(
    IRecorder recorder, RouteTopic routes, AssetRegistry registry, ReadSparkplug sparkplug, Owners owners, ReceiverClient replicas,
    TenantUse use, TimeProvider time, IOptions<IngestSettings> settings, MqttAddress address, ILogger<ReceiveMessages> logger)
    : BackgroundService, IHealthCheck
{
    static readonly ActivitySource Traces = new("ingest");

    // Refused messages can arrive in floods, and each refresh costs two round trips.
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    static readonly TimeSpan PatienceWithReplicas = TimeSpan.FromSeconds(1);

    static readonly TimeSpan EndsSoon = TimeSpan.FromDays(30);

    readonly Decoded decoded = new();
    readonly EdgeNodes edgeNodes = new(owners);

    // Messages are handled one by one, those taken over from another replica among them.
    readonly SemaphoreSlim turn = new(1);
    HashSet<string> subscribed = [];
    IMqttClient? client;
    long connectedAt;
    string trouble = "not connected yet";
    Blocked? held;
    long lookedAt;

    /// <summary>True while connected and subscribed.</summary>
    public bool IsReceiving => client is { IsConnected: true } && subscribed.Count > 0;

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        while (!registry.IsLoaded || registry.All.Count == 0) await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancel);
        using var mqtt = new MqttClientFactory().CreateMqttClient();
        client = mqtt;
        await Recall(cancel);
        sparkplug.Rebirth = command => mqtt.PublishAsync(command, cancel);
        mqtt.ApplicationMessageReceivedAsync += message => Receive(message, cancel);
        for (; ; await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancel))
        {
            try
            {
                await TakeOverInTurn(cancel);
                await StayConnected(mqtt, cancel);
                await AskReplicas(cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                trouble = e.Message;
                LogNotConnected(address.Host, address.Port, e.Message);
            }
        }
    }

    async Task Recall(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await sparkplug.Recall(cancel);
                return;
            }
            catch (Npgsql.NpgsqlException e)
            {
                trouble = e.Message;
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
            }
        }
    }

    async Task StayConnected(IMqttClient mqtt, CancellationToken cancel)
    {
        if (!mqtt.IsConnected)
        {
            connectedAt = Micros.From(time.GetUtcNow());
            await mqtt.ConnectAsync(MessageSource.Options(address, settings.Value, connectedAt), cancel);
            if (address.Tls?.EndsAt is { } end && end - time.GetUtcNow() < EndsSoon) LogEndsSoon(address.Host, address.Port, end);
            subscribed = [];
        }
        var filters = RouteTopic.Filters(registry.All.Select(a => a.Model)).ToHashSet();
        if (filters.SetEquals(subscribed)) return;
        await mqtt.SubscribeAsync(MessageSource.Subscriptions(filters, settings.Value.SharedGroup), cancel);
        // Only after subscribing: a node waiting for its host publishes at once.
        await mqtt.PublishAsync(MessageSource.Online(settings.Value, connectedAt), cancel);
        subscribed = filters;
        LogConnected(address.Host, address.Port, string.Join(", ", filters));
    }

    /// <summary>
    /// Handles one message; the next one waits until this task ends. Must not throw: MQTTnet ignores exceptions thrown here.
    /// </summary>
    public async Task Receive(MqttApplicationMessageReceivedEventArgs message, CancellationToken cancel)
    {
        message.AutoAcknowledge = false;
        var topic = message.ApplicationMessage.Topic;
        // From a broker that ignores retain handling. Live messages arrive without the flag, even those published with it.
        if (message.ApplicationMessage.Retain)
        {
            Measures.Retained.Add(1);
            await AcknowledgeAsync(message, cancel);
            return;
        }
        var payload = message.ApplicationMessage.Payload.ToArray();
        if (topic == SparkplugHost.TopicOf(settings.Value.SparkplugHostId))
        {
            // The will of another replica or of an earlier connection: the host is online as long as any replica is.
            if (SparkplugHost.SaysOffline(payload)) _ = SayOnline(cancel);
            await AcknowledgeAsync(message, cancel);
            return;
        }
        var context = MessageContext.Of(message.ApplicationMessage);
        await turn.WaitAsync(cancel);
        try
        {
            var isSparkplug = SparkplugTopic.TryParse(topic, out var parsed);
            var isMine = true;
            // Again if replicas have joined or left in between.
            if (isSparkplug)
                do isMine = edgeNodes.IsMine(parsed);
                while (await TakeOver(cancel));
            if (!isMine)
            {
                sparkplug.LeaveToOther(parsed);
                edgeNodes.Keep(new(topic, payload, context, time.GetUtcNow()));
                await AcknowledgeAsync(message, cancel);
                return;
            }
            await Handle(topic, payload, context, time.GetUtcNow(), () => Acknowledge(message, cancel), cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    async Task Handle(
        string topic, byte[] payload, MessageContext context, DateTimeOffset receivedAt, Action acknowledge, CancellationToken cancel)
    {
        if (SparkplugTopic.TryParse(topic, out var parsed)) await UntilDone(topic, () => sparkplug.Follow(parsed, cancel), cancel);
        if (ReadSparkplug.IsBirth(topic)) await UntilDone(topic, () => sparkplug.Remember(topic, payload, cancel), cancel);
        if (ReadSparkplug.IsDeath(topic)) await UntilDone(topic, () => sparkplug.Forget(topic, payload, cancel), cancel);
        var submission = await Decode(topic, payload, context, receivedAt, acknowledge, cancel);
        if (submission is null) acknowledge();
        else await recorder.Submit(submission, cancel);
    }

    async Task AskReplicas(CancellationToken cancel)
    {
        foreach (var replica in edgeNodes.ToAsk)
        {
            try
            {
                if (!await replicas.IsReceiving(replica).WaitAsync(PatienceWithReplicas, time, cancel)) continue;
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                // It is asked again; until it answers, this replica handles its nodes.
                LogNotAsked(replica, e.Message);
                continue;
            }
            await turn.WaitAsync(cancel);
            edgeNodes.Receives(replica);
            turn.Release();
        }
    }

    // Nodes that send nothing now have messages that wait, too.
    async Task TakeOverInTurn(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            await TakeOver(cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    // Handles what the owner of a node may not have stored when it died; false if no replica has joined or left.
    async Task<bool> TakeOver(CancellationToken cancel)
    {
        if (edgeNodes.TakeOver(time.GetUtcNow()) is not { } messages) return false;
        foreach (var kept in messages) await Handle(kept.Topic, kept.Payload, kept.Context, kept.ReceivedAt, () => { }, cancel);
        return true;
    }

    // A message given up here would be neither acknowledged nor redelivered during this connection. Messages behind it wait, as they do
    // when the recorder is full, which preserves their order.
    async Task UntilDone(string topic, Func<Task> step, CancellationToken cancel)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await step();
                held = null;
                return;
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                // It would fail forever, and the message can be handled without this step.
                if (StoreFaults.IsPermanent(e))
                {
                    LogLeftOut(e, topic);
                    held = null;
                    return;
                }
                held = new(held?.Since ?? time.GetUtcNow(), StoreFaults.Reason(e));
                LogHeld(topic, attempt, StoreFaults.Reason(e));
                await Task.Delay(StoreFaults.PauseAfter(attempt), time, cancel);
            }
        }
    }

    async Task SayOnline(CancellationToken cancel)
    {
        try
        {
            await client!.PublishAsync(MessageSource.Online(settings.Value, Micros.From(time.GetUtcNow())), cancel);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Disconnected; the next connection publishes it.
            LogNotSaidOnline(e.Message);
        }
    }

    async Task<Submission?> Decode(
        string topic, byte[] payload, MessageContext context, DateTimeOffset now, Action acknowledge, CancellationToken cancel)
    {
        using var activity = Traces.StartActivity("receive message", ActivityKind.Consumer, parentId: context.TraceParent);
        activity?.SetTag("messaging.destination.name", topic);
        var known = registry.Changes;
        var decodedRoute = Decode(topic, payload, now);
        if (decoded.RejectedReadings > 0)
        {
            await LookAgain(topic, cancel);
            if (registry.Changes != known) decodedRoute = Decode(topic, payload, now);
        }
        if (decodedRoute is not { } route) return null;
        Measures.Received.Add(decoded.Readings.Count + decoded.RejectedReadings, Measures.Of(route.Asset));
        var rejected = decoded.RejectedReadings;
        var reasons = decoded.Rejections;
        if (route.Asset is { } asset) rejected += ValidateReadings.Apply(decoded.Readings, asset.Model, Window(now), reasons);
        rejected += use.Refuse(route.Asset, decoded.Readings, reasons);
        var rejection = rejected == 0 ? null : Rejections.Of(route.AssetId, topic, payload, rejected, reasons, now);
        if (rejection is not null) LogRejected(route.AssetId, topic, rejection.Reasons[0].Code, rejection.Reasons[0].Detail);
        return new(
            route.AssetId, route.Asset, [.. decoded.Readings], rejection, new(topic, payload), activity?.Id ?? context.TraceParent,
            _ => acknowledge())
        {
            ReceivedAt = now,
            Client = context.Client,
        };
    }

    // The rejected message may be for an asset or sensor that was registered a moment ago.
    async Task LookAgain(string topic, CancellationToken cancel)
    {
        if (time.GetElapsedTime(lookedAt) < BetweenLooks) return;
        lookedAt = time.GetTimestamp();
        await UntilDone(topic, () => registry.Refresh(cancel), cancel);
    }

    Route? Decode(string topic, byte[] payload, DateTimeOffset now)
    {
        decoded.Clear();
        try
        {
            if (ReadSparkplug.IsSparkplug(topic)) return sparkplug.Decode(topic, payload, Micros.From(now), decoded);
            var route = routes.Find(topic);
            DecodePayload.By(route, topic, payload, now, decoded);
            return route;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A decoder bug: keep the message as rejected, with its bytes, and go on with the next.
            LogNotDecoded(e, topic);
            decoded.RejectPayload(
                "cannot-be-decoded", $"Internal error in Pollux: {e.GetType().Name} while decoding; see the log of ingest.");
            return new(Rejections.UnknownAsset, null, null, null);
        }
    }

    TimeWindow Window(DateTimeOffset now) =>
        new(Micros.From(now.AddDays(-settings.Value.PastToleranceDays)), Micros.From(now + settings.Value.FutureTolerance));

    void Acknowledge(MqttApplicationMessageReceivedEventArgs message, CancellationToken cancel) => _ = AcknowledgeAsync(message, cancel);

    async Task AcknowledgeAsync(MqttApplicationMessageReceivedEventArgs message, CancellationToken cancel)
    {
        try
        {
            await message.AcknowledgeAsync(cancel);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Disconnected: the broker redelivers the message, which the log then recognises as a duplicate.
            LogNotAcknowledged(e.Message);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancel = default) => Task.FromResult(
        held is { } waiting && time.GetUtcNow() - waiting.Since >= TimeSpan.FromSeconds(settings.Value.BlockedAfterSeconds)
            ? HealthCheckResult.Unhealthy($"A message has been waiting since {waiting.Since:O}: {waiting.Reason}")
        : IsReceiving ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"No MQTT session with {address.Host}:{address.Port}: {trouble}"));

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to MQTT at {Host}:{Port}, subscribed to {Filters} and Sparkplug")]
    partial void LogConnected(string host, int port, string filters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No MQTT session with {Host}:{Port}: {Reason}")]
    partial void LogNotConnected(string host, int port, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of MQTT at {Host}:{Port} ends at {End:u}: "
        + "give the broker a new one and start it again, or nobody can connect from then on")]
    partial void LogEndsSoon(string host, int port, DateTimeOffset end);

    [LoggerMessage(Level = LogLevel.Information, Message = "Rejected a message from {AssetId} on topic {Topic}: {Code}, {Detail}")]
    partial void LogRejected(string assetId, string topic, string code, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message on {Topic} could not be decoded and is stored as rejected")]
    partial void LogNotDecoded(Exception exception, string topic);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message on {Topic} is waiting to be stored (attempt {Attempt}): {Reason}")]
    partial void LogHeld(string topic, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message on {Topic} is accepted without the parts that permanently fail")]
    partial void LogLeftOut(Exception exception, string topic);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sparkplug nodes could not be told that their host is online: {Reason}")]
    partial void LogNotSaidOnline(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Replica {Replica} does not say whether it receives: {Reason}")]
    partial void LogNotAsked(Orleans.Runtime.SiloAddress replica, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A message could not be acknowledged: {Reason}")]
    partial void LogNotAcknowledged(string reason);
}

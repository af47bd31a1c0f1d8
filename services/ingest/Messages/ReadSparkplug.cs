using Contracts.Messages;
using Ingest.Payloads;
using MassTransit;
using MQTTnet;
using MQTTnet.Protocol;
using Npgsql;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Messages;

/// <summary>
/// Reads Sparkplug messages and tracks the state of their nodes. Births are persisted, so that data the broker kept during a restart can be
/// decoded; gaps and unknown aliases trigger a rebirth request; deaths make the asset's values stale at once.
/// </summary>
sealed partial class ReadSparkplug(AssetRegistry registry, IBus bus, NpgsqlDataSource source, ILogger<ReadSparkplug> logger)
{
    const string ForeignDevice = "foreign-device";
    const string TwoDevices = "two-devices-of-one-id";

    readonly Dictionary<string, SparkplugNode> nodes = [];

    // Current node of each asset's device: after a device has moved, the death of its former node does not affect it.
    readonly Dictionary<string, string> nodeOf = [];

    // Nodes whose state here is current: every message since it was loaded has been read.
    readonly HashSet<string> followed = [];

    /// <summary>Publishes a rebirth command; set by the owner of the connection.</summary>
    public Func<MqttApplicationMessage, Task>? Rebirth { get; set; }

    /// <summary>True for Sparkplug B topics.</summary>
    public static bool IsSparkplug(string topic) =>
        topic == SparkplugTopic.Namespace || topic.StartsWith($"{SparkplugTopic.Namespace}/", StringComparison.Ordinal);

    /// <summary>
    /// A separate reader with the persisted births; it neither changes this one nor requests rebirths.
    /// </summary>
    public async Task<ReadSparkplug> ForReplay(CancellationToken cancel)
    {
        var reader = new ReadSparkplug(registry, bus, source, logger);
        await reader.Recall(cancel);
        return reader;
    }

    /// <summary>True for messages that must be persisted before they are acknowledged.</summary>
    public static bool IsBirth(string topic) =>
        SparkplugTopic.TryParse(topic, out var parsed) && parsed.Message is SparkplugMessage.NodeBirth or SparkplugMessage.DeviceBirth;

    /// <summary>Decodes a message; null when it carries no readings.</summary>
    public Route? Decode(string topic, ReadOnlyMemory<byte> payload, long receivedAt, Decoded to)
    {
        if (SparkplugTopic.IsHostState(topic)) return null;
        if (!SparkplugTopic.TryParse(topic, out var parsed))
        {
            to.RejectPayload("malformed-topic", $"The topic is '{topic}'; allowed: {SparkplugTopic.Allowed}.");
            return new(Recording.Rejections.UnknownAsset, null, null, null);
        }
        if (parsed.Message == SparkplugMessage.Other) return null;
        var key = parsed.Key;
        if (!nodes.TryGetValue(key, out var node)) nodes[key] = node = new();
        var news = SparkplugDecoder.Decode(parsed, payload.Span, node, device => SourceOf(parsed, node, device), receivedAt, to);
        if (news.RebirthRequested) _ = AskForRebirth(parsed, receivedAt);
        foreach (var device in news.WentOffline)
            if (Find(device) is { } gone && nodeOf.GetValueOrDefault(gone.Id, key) == key) _ = Announce(gone.Id, receivedAt, topic);
        var id = parsed.Device ?? parsed.Node;
        if (to.Readings.Count > 0 && Find(id) is { } heard) nodeOf[heard.Id] = key;
        if (to.Readings.Count + to.RejectedReadings == 0) return null;
        // A device of the same id in another group is not this asset.
        var asset = SourceOf(parsed, node, id) is { Refused.Code: ForeignDevice or TwoDevices } ? null : Find(id);
        return new(asset?.Id ?? FindUnreadable(id)?.Id ?? Recording.Rejections.UnknownAsset, asset, null, null);
    }

    // Devices may be called 'Press 4' or 'press_4' where the asset is press-4.
    RegisteredAsset? Find(string device) => registry.Find(device) ?? registry.Find(SparkplugTopic.AssetIdOf(device));

    UnreadableAsset? FindUnreadable(string device) =>
        Find(device) is null ? registry.FindUnreadable(device) ?? registry.FindUnreadable(SparkplugTopic.AssetIdOf(device)) : null;

    /// <summary>The connection of the asset whose topic matches the message's group and, if the pattern names one, its node.</summary>
    SparkplugSource? SourceOf(SparkplugTopic topic, SparkplugNode node, string id)
    {
        if (FindUnreadable(id) is { } unreadable) return new(null, null, new(Recording.Rejections.UnreadableModel, unreadable.Explanation));
        if (Find(id) is not { } asset) return null;
        if (asset.Id != id && node.Devices.FirstOrDefault(other => other != id && Find(other)?.Id == asset.Id) is { } twin)
        {
            return new(asset.Model, null, new(
                TwoDevices, $"Device '{id}' would map to the asset '{asset.Id}', which device '{twin}' of the same node already uses; "
                    + "allowed: ids of devices that differ in letters and digits."));
        }
        var connections = asset.Model.Connections.Where(c => c.Payload == PayloadFormat.SparkplugB).ToList();
        if (connections.Count == 0)
        {
            return new(asset.Model, null, new(
                "no-sparkplug-connection",
                $"The asset '{id}' is registered, but its model {asset.Model.Id} has no connection with payload sparkplug-b; add one to "
                    + "the model."));
        }
        return connections.Find(c => Fits(c.Topic.Split('/'), topic)) is { } connection
            ? new(asset.Model, connection)
            : new(asset.Model, null, new(
                ForeignDevice, $"'{id}' of group '{topic.Group}' and node '{topic.Node}' is not the asset with that id; allowed: "
                    + $"{string.Join(", ", connections.Select(c => c.Topic))}."));
    }

    // {namespace}/{group}/{message}/{node}/{device}; a node that is itself an asset has no device level.
    static bool Fits(string[] pattern, SparkplugTopic topic) =>
        (pattern.Length < 2 || IsOrAny(pattern[1], topic.Group))
            && (pattern.Length < 5 || topic.Device is null || IsOrAny(pattern[3], topic.Node));

    static bool IsOrAny(string level, string value) => level.StartsWith('{') || level == value;

    async Task AskForRebirth(SparkplugTopic topic, long now)
    {
        // Births that are only recalled ask nobody for anything.
        if (Rebirth is null) return;
        var (command, bytes) = SparkplugRebirth.Command(topic.Group, topic.Node, now);
        LogRebirth(topic.Group, topic.Node);
        try
        {
            await Rebirth(new MqttApplicationMessageBuilder().WithTopic(command).WithPayload(bytes)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The next gap triggers another request.
            LogNotSent(command, e.Message);
        }
    }

    async Task Announce(string assetId, long now, string topic)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await bus.SendTo(
                QueueNames.TwinCommands, new SensorsWentOffline(assetId, Micros.ToTime(now), $"death certificate on {topic}"), limit.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Without this message, the missing-data alarm follows a little later.
            LogNotSent(topic, e.Message);
        }
    }

    /// <summary>Persists a birth. A node's birth deletes those of its devices, unless it repeats the one stored.</summary>
    public async Task Remember(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            with void as (
              delete from ingest.birth where starts_with(topic, $3)
              and not exists (select 1 from ingest.birth where topic = $1 and payload = $2)
            )
            insert into ingest.birth (topic, payload) values ($1, $2) on conflict (topic) do update set payload = excluded.payload
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = topic },
            new() { Value = payload.ToArray() },
            new() { Value = DevicesOf(topic) ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>True for messages that make births void.</summary>
    public static bool IsDeath(string topic) =>
        SparkplugTopic.TryParse(topic, out var parsed) && parsed.Message is SparkplugMessage.NodeDeath or SparkplugMessage.DeviceDeath;

    /// <summary>
    /// Forgets the birth of the device that died, or those of the node and its devices, unless the death belongs to another session.
    /// </summary>
    public async Task Forget(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        if (!SparkplugTopic.TryParse(topic, out var parsed)) return;
        if (parsed.Device is { } device)
        {
            await Delete($"{SparkplugTopic.Namespace}/{parsed.Group}/DBIRTH/{parsed.Node}/{device}", null);
            return;
        }
        var node = $"{SparkplugTopic.Namespace}/{parsed.Group}/NBIRTH/{parsed.Node}";
        await using var read = source.CreateCommand("select payload from ingest.birth where topic = $1");
        read.Parameters.Add(new() { Value = node });
        if (await read.ExecuteScalarAsync(cancel) is byte[] birth && SparkplugDecoder.IsSameSession(birth, payload.Span))
            await Delete(node, $"{SparkplugTopic.Namespace}/{parsed.Group}/DBIRTH/{parsed.Node}/");

        async Task Delete(string one, string? beginning)
        {
            await using var delete = source.CreateCommand("delete from ingest.birth where topic = $1 or starts_with(topic, $2)");
            delete.Parameters.AddRange(new NpgsqlParameter[]
            {
                new() { Value = one },
                new() { Value = beginning ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
            });
            await delete.ExecuteNonQueryAsync(cancel);
        }
    }

    // Topic prefix of the births of a node's devices; null unless the topic is a node's birth.
    static string? DevicesOf(string topic) =>
        SparkplugTopic.TryParse(topic, out var parsed) && parsed.Message == SparkplugMessage.NodeBirth
            ? $"{SparkplugTopic.Namespace}/{parsed.Group}/DBIRTH/{parsed.Node}/"
            : null;

    /// <summary>
    /// Begins to follow a node, or goes on: its births are read if another replica has handled its messages so far.
    /// </summary>
    public async Task Follow(SparkplugTopic topic, CancellationToken cancel)
    {
        if (followed.Contains(topic.Key)) return;
        nodes.Remove(topic.Key);
        await Recall(
            $"{SparkplugTopic.Namespace}/{topic.Group}/NBIRTH/{topic.Node}",
            $"{SparkplugTopic.Namespace}/{topic.Group}/DBIRTH/{topic.Node}/", cancel);
        followed.Add(topic.Key);
    }

    /// <summary>Takes note of a message that another replica handles: here its node's state is out of date.</summary>
    public void LeaveToOther(SparkplugTopic topic)
    {
        followed.Remove(topic.Key);
        if (topic.Message is SparkplugMessage.DeviceBirth or SparkplugMessage.DeviceData or SparkplugMessage.NodeData
            && Find(topic.Device ?? topic.Node) is { } heard) nodeOf[heard.Id] = topic.Key;
    }

    /// <summary>Restores all nodes from their persisted births, without the readings.</summary>
    public async Task Recall(CancellationToken cancel)
    {
        await Recall("", "", cancel);
        followed.UnionWith(nodes.Keys);
    }

    async Task Recall(string topic, string beginning, CancellationToken cancel)
    {
        var ignored = new Decoded();
        // Node births first, although DBIRTH sorts before NBIRTH.
        await using var command = source.CreateCommand(
            "select topic, payload from ingest.birth where topic = $1 or starts_with(topic, $2) order by topic like '%/DBIRTH/%', topic");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = topic }, new() { Value = beginning } });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) Decode(reader.GetString(0), reader.GetFieldValue<byte[]>(1), 0, ignored);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Requesting a rebirth from Sparkplug node {Group}/{Node}")]
    partial void LogRebirth(string group, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not send {What}: {Reason}")]
    partial void LogNotSent(string what, string reason);
}

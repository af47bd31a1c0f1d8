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
/// Sparkplug messages with the state of their nodes. Births are remembered across restarts, so that data the broker kept meanwhile can be
/// read; gaps and unknown aliases ask for a rebirth; deaths make the asset's values stale at once.
/// </summary>
sealed partial class ReadSparkplug(AssetRegistry registry, IBus bus, NpgsqlDataSource source, ILogger<ReadSparkplug> logger)
{
    readonly Dictionary<string, SparkplugNode> nodes = [];

    /// <summary>Publishes a command; set by whoever holds the connection.</summary>
    public Func<MqttApplicationMessage, Task> Rebirth { get; set; } = _ => Task.CompletedTask;

    /// <summary>True for messages that must be remembered before they are acknowledged.</summary>
    public static bool IsBirth(string topic) => topic.Contains("/NBIRTH/", StringComparison.Ordinal) || topic.Contains("/DBIRTH/", StringComparison.Ordinal);

    /// <summary>Decodes a message; null when it is none that carries readings.</summary>
    public Route? Decode(string topic, ReadOnlyMemory<byte> payload, long receivedAt, Decoded to)
    {
        if (!SparkplugTopic.TryParse(topic, out var parsed) || parsed.Message == SparkplugMessage.Other) return null;
        var key = $"{parsed.Group}/{parsed.Node}";
        if (!nodes.TryGetValue(key, out var node)) nodes[key] = node = new();
        var news = SparkplugDecoder.Decode(parsed, payload.Span, node, SourceOf, receivedAt, to);
        if (news.RebirthRequested) _ = AskForRebirth(parsed, receivedAt);
        foreach (var assetId in news.WentOffline) _ = Announce(assetId, receivedAt, topic);
        var id = parsed.Device ?? parsed.Node;
        var asset = registry.Find(id);
        return to.Readings.Count + to.RejectedReadings == 0 ? null : new(asset?.Id ?? Recording.Rejections.UnknownAsset, asset, null, null);
    }

    SparkplugSource? SourceOf(string id) =>
        registry.Find(id) is { } asset && asset.Model.Connections.FirstOrDefault(c => c.Payload == PayloadFormat.SparkplugB) is { } connection
            ? new SparkplugSource(asset.Model, connection)
            : null;

    async Task AskForRebirth(SparkplugTopic topic, long now)
    {
        var (command, bytes) = SparkplugRebirth.Command(topic.Group, topic.Node, now);
        LogRebirth(topic.Group, topic.Node);
        try
        {
            await Rebirth(new MqttApplicationMessageBuilder().WithTopic(command).WithPayload(bytes).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The next gap asks again.
            LogNotSent(command, e.Message);
        }
    }

    async Task Announce(string assetId, long now, string topic)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await bus.SendToOwner(assetId, new SensorsWentOffline(assetId, Micros.ToTime(now), $"death certificate on {topic}"), limit.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Silence raises the missing-data alarm a little later.
            LogNotSent(topic, e.Message);
        }
    }

    /// <summary>Remembers a birth.</summary>
    public async Task Remember(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("insert into ingest.birth (topic, payload) values ($1, $2) on conflict (topic) do update set payload = excluded.payload");
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = topic }, new() { Value = payload.ToArray() } });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Recalls the births of all nodes, without their readings.</summary>
    public async Task Recall(CancellationToken cancel)
    {
        var ignored = new Decoded();
        // NBIRTH sorts behind DBIRTH but comes first in a node's life.
        await using var command = source.CreateCommand("select topic, payload from ingest.birth order by topic like '%/DBIRTH/%', topic");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) Decode(reader.GetString(0), reader.GetFieldValue<byte[]>(1), 0, ignored);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sparkplug node {Group}/{Node} is asked for a rebirth")]
    partial void LogRebirth(string group, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not sent: {What}, {Reason}")]
    partial void LogNotSent(string what, string reason);
}

using System.Collections.Concurrent;
using ServiceDefaults;
using TwinModel.Assets;

namespace Ingest.Messages;

/// <summary>What a topic refers to.</summary>
/// <param name="AssetId">The asset the topic names.</param>
/// <param name="Asset">Null when it is not registered or its model is unreadable.</param>
/// <param name="Connection">The connection in its model that matches the topic; null when none does.</param>
/// <param name="SensorId">The sensor the topic names, for plain payloads.</param>
/// <param name="Unreadable">Why the model of a registered asset is unreadable; otherwise null.</param>
sealed record Route(string AssetId, RegisteredAsset? Asset, Connection? Connection, string? SensorId, UnreadableAsset? Unreadable = null)
{
    /// <summary>True while the registry has no newer version of the asset.</summary>
    public bool IsOf(AssetRegistry registry) => registry.Find(AssetId) is { } asset
        ? ReferenceEquals(asset, Asset)
        : Asset is null && ReferenceEquals(registry.FindUnreadable(AssetId), Unreadable);
}

/// <summary>Maps a topic to its asset, connection and sensor.</summary>
sealed class RouteTopic(AssetRegistry registry)
{
    const int MostRemembered = 100_000;

    // Asset ids have at most 64 characters. Rejections go to a stream named after the asset, and the log permanently refuses long names.
    const int LongestId = 200;

    readonly ConcurrentDictionary<string, Route> remembered = new();

    /// <summary>Subscription filters for the models' topic patterns, with wildcards in place of placeholders.</summary>
    public static IEnumerable<string> Filters(IEnumerable<AssetModel> models) =>
        models.SelectMany(m => m.Connections).Where(c => c.Payload != PayloadFormat.SparkplugB)
            .Select(c => string.Join('/', c.Topic.Split('/').Select(level => level.StartsWith('{') ? "+" : level))).Distinct();

    /// <summary>The route of a topic.</summary>
    public Route Find(string topic)
    {
        if (remembered.TryGetValue(topic, out var route) && route.IsOf(registry)) return route;
        route = Match(topic);
        if (remembered.Count >= MostRemembered) remembered.Clear();
        return remembered[topic] = route;
    }

    Route Match(string topic)
    {
        var levels = topic.Split('/');
        Route? unregistered = null;
        foreach (var model in registry.All.Select(a => a.Model).DistinctBy(m => m.Hash))
        {
            foreach (var connection in model.Connections)
            {
                if (Captures(connection.Topic.Split('/'), levels) is not { } captures || !captures.TryGetValue("{asset}", out var assetId))
                    continue;
                var asset = registry.Find(assetId);
                if (asset is null) unregistered ??= new(
                    assetId.Length > LongestId ? Recording.Rejections.UnknownAsset : assetId, null, null, null,
                    registry.FindUnreadable(assetId));
                else if (asset.Model.Hash == model.Hash) return new(assetId, asset, connection, captures.GetValueOrDefault("{sensor}"));
            }
        }
        if (unregistered is not null) return unregistered;
        // Perhaps only the unreadable model knows the topic.
        var unreadable = levels.Select(registry.FindUnreadable).FirstOrDefault(a => a is not null);
        return new(unreadable?.Id ?? Recording.Rejections.UnknownAsset, null, null, null, unreadable);
    }

    static Dictionary<string, string>? Captures(string[] pattern, string[] levels)
    {
        if (pattern.Length != levels.Length) return null;
        Dictionary<string, string> captures = [];
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i].StartsWith('{')) captures[pattern[i]] = levels[i];
            else if (pattern[i] != levels[i]) return null;
        }
        return captures;
    }
}

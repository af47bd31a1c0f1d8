using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Npgsql;
using Query.Registry;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Events;

/// <summary>Which events of the log a caller may see: those about assets that it may see, and of the system if it reaches all.</summary>
sealed class VisibleEvents(NpgsqlDataSource source, KnownAssets assets, Reach reach)
{
    const int MostKnown = 10_000;

    // Streams named by what belongs to an asset, not by the asset.
    static readonly Dictionary<string, string> Tables = new()
    {
        ["scenario"] = $"select asset_id from {ReadModels.Scenario} where scenario_id = $1",
        ["decision"] = $"select asset_id from {ReadModels.Decision} where decision_id = $1",
    };

    readonly ConcurrentDictionary<string, string> owners = new(StringComparer.Ordinal);

    /// <summary>Whether the caller may see whatever there is, so that nothing has to be looked at.</summary>
    public bool IsEverything => reach.IsEverything(Caller.Current);

    /// <summary>Whether the caller may see an event.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="json">What it says; null for readings.</param>
    /// <param name="cancel">Stops reading.</param>
    public async ValueTask<bool> Includes(string stream, string? json, CancellationToken cancel)
    {
        if (IsEverything) return true;
        return stream.Split('/', 2) switch
        {
            ["telemetry" or "rejected", var rest] => assets.IsVisible(rest.Split('/')[0]),
            ["correction" or "asset" or "twin" or "calibration" or "refused", var asset] => assets.IsVisible(asset),
            ["model", var hash] => assets.IsModelVisible(hash),
            [Streams.Models] => Member("tenant") is not { } owner || owner == Caller.Current.Tenant,
            ["scenario" or "decision", _] => await Owner(stream, cancel) is { } owner && assets.IsVisible(owner),
            [Streams.Graph] => assets.IsVisible(Member("source") ?? "") && assets.IsVisible(Member("target") ?? ""),
            [Streams.Policies] or ["questions", _] => Member("tenant") == Caller.Current.Tenant,
            // Seals, retention, rebuilds: of the whole system.
            _ => Caller.Current.Tenant is null && assets.IsVisible(TwinModel.Assets.AssetId.Reserved),
        };

        string? Member(string name) => (string?)(json is null ? null : JsonNode.Parse(json)?[name]);
    }

    // No stream changes its owner. What is not saved yet is nobody's for the moment it takes.
    async Task<string?> Owner(string stream, CancellationToken cancel)
    {
        if (owners.TryGetValue(stream, out var known)) return known;
        var (kind, id) = stream.Split('/', 2) is [var k, var i] ? (k, i) : ("", "");
        await using var command = source.CreateCommand(Tables[kind]);
        command.Parameters.Add(new() { Value = id });
        if (await command.ExecuteScalarAsync(cancel) is not string owner) return null;
        if (owners.Count >= MostKnown) owners.Clear();
        return owners[stream] = owner;
    }
}

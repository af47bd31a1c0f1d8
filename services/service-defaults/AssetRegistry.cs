using System.Collections.Concurrent;
using System.Text.Json;
using Contracts.Events;
using Npgsql;
using TwinModel.Assets;

namespace ServiceDefaults;

/// <summary>A registered asset with its model as of the newest registration read.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Name">For people.</param>
/// <param name="Model">Its model, read from the registration itself, not from any file.</param>
/// <param name="RegisteredAt">The first registration: nothing of the asset is recorded before.</param>
/// <param name="Position">Log position of the newest registration.</param>
public sealed record RegisteredAsset(string Id, string Name, AssetModel Model, DateTimeOffset RegisteredAt, long Position);

/// <summary>The assets that the log knows. <see cref="Refresh"/> reads what was registered since the last time.</summary>
public sealed class AssetRegistry(NpgsqlDataSource source, LogReader log)
{
    readonly ConcurrentDictionary<string, RegisteredAsset> assets = new();
    readonly ConcurrentDictionary<string, AssetModel> models = new();
    readonly SemaphoreSlim refreshing = new(1);
    long scannedTo;

    /// <summary>True after the first successful <see cref="Refresh"/>.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>All assets, in no order.</summary>
    public ICollection<RegisteredAsset> All => assets.Values;

    /// <summary>The asset with this id, or null.</summary>
    public RegisteredAsset? Find(string id) => assets.GetValueOrDefault(id);

    /// <summary>Reads new registrations from the log.</summary>
    public async Task Refresh(CancellationToken cancel = default)
    {
        await refreshing.WaitAsync(cancel);
        try
        {
            var end = await log.Position(cancel);
            // The first time by the few streams of assets, then by what came after the safe position of the last time.
            await using var command = source.CreateCommand(scannedTo == 0
                ? "select e.seq_id, e.data from events.mt_streams s join events.mt_events e on e.stream_id = s.id where s.id like 'asset/%' order by e.seq_id"
                : "select seq_id, data from events.mt_events where seq_id > $1 and type = 'asset_registered' order by seq_id");
            if (scannedTo > 0) command.Parameters.Add(new() { Value = scannedTo });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var at = reader.GetInt64(0);
                var e = JsonSerializer.Deserialize<AssetRegistered>(reader.GetString(1), JsonSerializerOptions.Web)!;
                var known = Find(e.AssetId);
                if (known is null || known.Position < at)
                {
                    var model = models.GetOrAdd(e.ModelHash, _ => ReadAssetModel.FromText(e.ModelYaml, $"{e.ModelId} as registered at position {at}"));
                    assets[e.AssetId] = new(e.AssetId, e.Name, model, known?.RegisteredAt ?? e.RegisteredAt, at);
                }
            }
            scannedTo = end;
            IsLoaded = true;
        }
        finally
        {
            refreshing.Release();
        }
    }
}

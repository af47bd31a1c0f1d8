using System.Globalization;
using System.Text.Json;
using JasperFx.Events;
using Marten;
using Npgsql;
using ServiceDefaults;
using TwinModel.Health;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>Loads a twin as it was saved last, with the events of its stream; the readings since then are still missing.</summary>
sealed class LoadTwin(IDocumentStore store, NpgsqlDataSource source)
{
    /// <summary>The saved twin; an empty one if there is none or if its model or format differs.</summary>
    public async Task<OwnedTwin> Load(RegisteredAsset asset, CancellationToken cancel)
    {
        var twin = await Saved(asset, cancel);
        foreach (var e in await Events(asset.Id, cancel))
        {
            twin.Apply([e.Data]);
            twin.TwinStreamVersion = e.Version;
        }
        if (twin.HealthIsFresh) twin.BeginRecordedLives();
        return twin;
    }

    /// <summary>The events of <c>twin/{asset}</c>.</summary>
    public async Task<IReadOnlyList<IEvent>> Events(string assetId, CancellationToken cancel)
    {
        await using var session = store.QuerySession();
        return await session.Events.FetchStreamAsync(Streams.Twin(assetId), token: cancel);
    }

    async Task<OwnedTwin> Saved(RegisteredAsset asset, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "select position, revision, versions, state, offline_since, view ->> 'recordedAt', health from twin_state.twin where asset_id "
                + "= $1");
        command.Parameters.Add(new() { Value = asset.Id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return new OwnedTwin(asset, new Twin(asset.Model)) { ReplacesHistory = true };
        var revision = reader.GetInt64(1);
        var health = reader.IsDBNull(6) ? null : AssetHealth.Restore(asset.Model, reader.GetFieldValue<byte[]>(6));
        if (Twin.Restore(asset.Model, reader.GetFieldValue<byte[]>(3)) is not { } twin
            || (health is null && asset.Model.Degradations.Count > 0)) return new OwnedTwin(asset, new Twin(asset.Model))
            {
                SavedRevision = revision,
                Revision = revision,
                ReplacesHistory = true,
            };
        return new OwnedTwin(asset, twin, health)
        {
            Position = reader.GetInt64(0),
            Revision = revision,
            SavedRevision = revision,
            Versions = JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(2))!,
            OfflineSince = reader.IsDBNull(4) ? null : new DateTimeOffset(reader.GetDateTime(4)),
            RecordedAt = reader.IsDBNull(5) ? null : DateTimeOffset.Parse(reader.GetString(5), CultureInfo.InvariantCulture),
        };
    }
}

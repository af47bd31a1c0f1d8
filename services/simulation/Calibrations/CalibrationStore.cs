using Contracts.Calibrations;
using Marten;
using Npgsql;
using NpgsqlTypes;
using ServiceDefaults;
using TwinModel.Calibration;

namespace Simulation.Calibrations;

/// <summary>
/// Calibrations and their events, one stream per asset. A change reads the whole stream, which people fill, and appends at the version it
/// has read; whoever comes second reads again.
/// </summary>
sealed class CalibrationStore(IDocumentStore store, NpgsqlDataSource source)
{
    const int MostAttempts = 5;

    /// <summary>Appends the events that follow from the asset's calibrations.</summary>
    /// <returns>The calibrations afterwards.</returns>
    public async Task<AssetCalibrations> Change(
        string assetId, Func<AssetCalibrations, IReadOnlyList<object>> decide, CancellationToken cancel, Caller? caller = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryChange(assetId, decide, caller, cancel);
            }
            catch (Exception e) when (StoreFaults.IsConflict(e) && attempt < MostAttempts)
            {
                await Task.Delay(StoreFaults.PauseAfter(attempt), cancel);
            }
        }
    }

    async Task<AssetCalibrations> TryChange(
        string assetId, Func<AssetCalibrations, IReadOnlyList<object>> decide, Caller? caller, CancellationToken cancel)
    {
        var stream = Streams.Calibration(assetId);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        var past = await session.Events.FetchStreamAsync(stream, token: cancel);
        var known = past.Select(e => e.Data).Aggregate(AssetCalibrations.None, FoldCalibration.Apply);
        var events = decide(known);
        if (events.Count == 0) return known;
        var changed = events.Aggregate(known, FoldCalibration.Apply);
        session.Stamp(caller);
        session.Events.Append(stream, past.Count + events.Count, events);
        await session.SaveChangesAsync(cancel);
        await Save(connection, assetId, changed, v => known.Find(v.Id) != v, cancel);
        await transaction.CommitAsync(cancel);
        return changed;
    }

    /// <summary>Writes the rows of an asset's calibrations.</summary>
    public static async Task Save(
        NpgsqlConnection connection, string assetId, AssetCalibrations calibrations, Func<CalibrationView, bool> isChanged,
        CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var view in calibrations.Views.Values.Where(isChanged))
        {
            batch.BatchCommands.Add(new($"""
                insert into {ReadModels.Calibration} (calibration_id, asset_id, state, requested_at, view) values ($1, $2, $3, $4, $5)
                on conflict (calibration_id) do update set state = excluded.state, view = excluded.view
                """)
            {
                Parameters =
                {
                    new() { Value = view.Id },
                    new() { Value = assetId },
                    new() { Value = view.State },
                    new() { Value = view.RequestedAt.UtcDateTime },
                    new() { Value = StorableText.Json(view), NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
        }
        batch.BatchCommands.Add(new($"""
            insert into {ReadModels.CalibratedAsset} (asset_id, calibration_id) values ($1, $2)
            on conflict (asset_id) do update set calibration_id = excluded.calibration_id
            """)
        {
            Parameters =
            {
                new() { Value = assetId },
                new() { Value = (object?)calibrations.InForce ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        });
        await batch.ExecuteNonQueryAsync(cancel);
    }
}

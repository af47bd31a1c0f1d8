using System.Text.Json;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Pasts;

/// <summary>A twin in the past to fold on from.</summary>
/// <param name="Twin">Its state; empty if there is no checkpoint.</param>
/// <param name="Position">Highest log position included; 0 if there is no checkpoint.</param>
/// <param name="Versions">The versions included of the day streams that could still grow; earlier days are included whole.</param>
sealed record PastTwin(Twin Twin, long Position, IReadOnlyDictionary<string, long> Versions);

/// <summary>Finds stored states of twins. They are a cache: without any, a twin is folded from its first reading.</summary>
sealed class TwinCheckpoints(NpgsqlDataSource source)
{
    /// <summary>
    /// For each of several assets of one moment the newest state that holds nothing sampled after the asked time or recorded after the
    /// asked position.
    /// </summary>
    public async Task<IReadOnlyList<PastTwin>> Newest(IReadOnlyList<PastAsset> assets, PastMoment moment, CancellationToken cancel)
    {
        var found = new PastTwin?[assets.Count];
        await using var command = source.CreateCommand($"""
            select a.number, c.position, c.versions, c.state from unnest($1::text[]) with ordinality as a (id, number), lateral (
                select position, versions, state from {ReadModels.TwinCheckpoint}
                where asset_id = a.id and position <= $2 and newest_sample <= $3
                    and {StoredCheckpoints.HoldsCorrections("asset_id", "corrections", "newest_sample + 1", 4)}
                order by position desc limit 1) c
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = assets.Select(a => a.Id).ToArray() }, new() { Value = moment.KnownAt },
            new() { Value = Micros.From(moment.ValidAt) },
            .. StoredCheckpoints.CorrectionParameters([.. assets.Select(a => (a.Id, a.Corrections))]),
        ]);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var number = (int)reader.GetInt64(0) - 1;
                if (Twin.Restore(assets[number].Model, reader.GetFieldValue<byte[]>(3)) is { } twin)
                    found[number] = new(
                        twin, reader.GetInt64(1), JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(2))!);
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName)
        {
            // twin-state, which creates the table, has not been updated yet.
        }
        return [.. found.Zip(assets, (twin, asset) => twin ?? new(new(asset.Model), 0, PastReadings.Nothing))];
    }
}

using System.Text.Json;
using Npgsql;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Pasts;

/// <summary>A twin in the past to fold on from.</summary>
/// <param name="Twin">Its state; empty if there is no checkpoint.</param>
/// <param name="Position">Highest log position included; 0 if there is no checkpoint.</param>
/// <param name="Lacks">What it may lack of the asked moment, in the order of the log.</param>
sealed record PastTwin(Twin Twin, long Position, IReadOnlyList<LogSpan> Lacks);

/// <summary>Finds stored states of twins. They are a cache: without any, a twin is folded from its first reading.</summary>
sealed class TwinCheckpoints(NpgsqlDataSource source)
{
    /// <summary>
    /// For each of several assets of one moment the newest state that holds nothing sampled after the asked time or recorded after the
    /// asked position. Later states tell between which of them nothing was recorded that was sampled up to the asked time, so that
    /// what was true long ago, as known now, need not read all that came since.
    /// </summary>
    public async Task<IReadOnlyList<PastTwin>> Newest(IReadOnlyList<PastAsset> assets, PastMoment moment, CancellationToken cancel)
    {
        try
        {
            var states = await States(assets, moment, cancel);
            return await WithWhatTheyLack(assets, states, moment, cancel);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName)
        {
            // twin-state, which creates the table, has not been updated yet.
            return [.. assets.Select(asset => new PastTwin(new(asset.Model), 0, [LogSpan.Whole]))];
        }
    }

    async Task<(Twin Twin, long Position)?[]> States(IReadOnlyList<PastAsset> assets, PastMoment moment, CancellationToken cancel)
    {
        var found = new (Twin, long)?[assets.Count];
        await using var command = source.CreateCommand($"""
            select a.number, c.position, c.state from unnest($1::text[]) with ordinality as a (id, number), lateral (
                select position, state from {ReadModels.TwinCheckpoint}
                where asset_id = a.id and position <= $2 and newest_sample <= $3
                    and {StoredCheckpoints.HoldsCorrections("asset_id", "corrections", "newest_sample + 1", 4)}
                order by position desc limit 1) c
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = assets.Select(a => a.Id).ToArray() }, new() { Value = moment.KnownAt },
            new() { Value = Micros.From(moment.SampledUpTo) },
            .. StoredCheckpoints.CorrectionParameters([.. assets.Select(a => (a.Id, a.Corrections))]),
        ]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var number = (int)reader.GetInt64(0) - 1;
            if (Twin.Restore(assets[number].Model, reader.GetFieldValue<byte[]>(2)) is { } twin) found[number] = (twin, reader.GetInt64(1));
        }
        return found;
    }

    async Task<IReadOnlyList<PastTwin>> WithWhatTheyLack(
        IReadOnlyList<PastAsset> assets, (Twin Twin, long Position)?[] states, PastMoment moment, CancellationToken cancel)
    {
        var lacks = states.Select(_ => new List<LogSpan>()).ToList();
        // What a state says of the readings since an earlier one is no help if that is gone; oldest_since is 0 where it is not known.
        await using var command = source.CreateCommand($"""
            select number, before_versions, versions, is_last, is_lacking from (
                select a.number, c.*,
                    position > base and (oldest_since <= greatest($4, 0) or since_position > coalesce(before, 0)) as is_lacking
                from unnest($1::text[], $2::bigint[]) with ordinality as a (id, base, number), lateral (
                    select position, since_position, oldest_since, versions, lag(position) over by_position as before,
                        lag(versions) over by_position as before_versions, lead(position) over by_position is null as is_last
                    from {ReadModels.TwinCheckpoint} where asset_id = a.id and position between base and $3
                    window by_position as (order by position)) c) states
            where is_lacking or is_last order by number, position
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = assets.Select(a => a.Id).ToArray() }, new() { Value = states.Select(s => s?.Position ?? 0).ToArray() },
            new() { Value = moment.KnownAt }, new() { Value = Micros.From(moment.SampledUpTo) },
        ]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var spans = lacks[(int)reader.GetInt64(0) - 1];
            var versions = Versions(reader, 2);
            if (reader.GetBoolean(4)) spans.Add(new(reader.IsDBNull(1) ? LogSpan.Nothing : Versions(reader, 1), versions));
            if (reader.GetBoolean(3)) spans.Add(new(versions, null));
        }
        return
        [
            .. states.Select((state, number) => new PastTwin(
                state?.Twin ?? new(assets[number].Model), state?.Position ?? 0,
                lacks[number] is { Count: > 0 } spans ? spans : [LogSpan.Whole])),
        ];
    }

    static Dictionary<string, long> Versions(NpgsqlDataReader reader, int column) =>
        JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(column))!;
}

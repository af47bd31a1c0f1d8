using Npgsql;
using ServiceDefaults;

namespace Query.Twins;

/// <summary>Reads saved twins that this process missed: all of them at start-up, later those whose message was lost.</summary>
sealed class ReadSavedTwins(NpgsqlDataSource source, LiveTwins twins)
{
    public async Task Run(CancellationToken cancel)
    {
        var missed = await FindMissed(cancel);
        if (missed.Length == 0) return;
        await using var command = source.CreateCommand(
            $"select convert_to(view::text, 'UTF8') from {ReadModels.Twin} where asset_id = any($1)");
        command.Parameters.Add(new() { Value = missed });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            twins.Offer(TwinViews.Unpack(reader.GetFieldValue<byte[]>(0)));
        }
    }

    async Task<string[]> FindMissed(CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select asset_id, position, revision from {ReadModels.Twin}");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> missed = [];
        while (await reader.ReadAsync(cancel))
        {
            var (id, saved) = (reader.GetString(0), (reader.GetInt64(1), reader.GetInt64(2)));
            if (twins.Find(id) is not { } known || saved.CompareTo(known.Version) > 0) missed.Add(id);
        }
        return [.. missed];
    }
}

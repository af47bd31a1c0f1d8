using Contracts.Scenarios;
using Npgsql;
using ServiceDefaults;

namespace Simulation.Results;

/// <summary>Results, keyed by content hash.</summary>
sealed class ResultStore(NpgsqlDataSource source)
{
    /// <summary>The result; null if there is none.</summary>
    public async Task<ScenarioResult?> Find(string contentHash, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select data from {ReadModels.ScenarioResult} where content_hash = $1");
        command.Parameters.Add(new() { Value = contentHash });
        return await command.ExecuteScalarAsync(cancel) is byte[] packed ? PackedJson.Unpack<ScenarioResult>(packed) : null;
    }

    /// <summary>Stores a result, unless one with the same hash, and thus the same bytes, exists.</summary>
    public static async Task Save(
        NpgsqlConnection connection, string contentHash, ScenarioResult result, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"insert into {ReadModels.ScenarioResult} (content_hash, data, created_at) values ($1, $2, $3) on conflict do nothing",
            connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = contentHash },
            new() { Value = PackedJson.Pack(result) },
            new() { Value = now.UtcDateTime },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// Deletes results older than <paramref name="before"/>, and then the oldest ones until the rest fits into the budget.
    /// </summary>
    /// <returns>The number deleted.</returns>
    public async Task<int> Delete(DateTimeOffset before, long mostBytes, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            delete from {ReadModels.ScenarioResult} r using (
                select content_hash, created_at, sum(length(data)) over (order by created_at desc, content_hash) as bytes from {ReadModels.ScenarioResult}
            ) s where r.content_hash = s.content_hash and (s.created_at < $1 or s.bytes > $2)
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = before.UtcDateTime }, new() { Value = mostBytes } });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}

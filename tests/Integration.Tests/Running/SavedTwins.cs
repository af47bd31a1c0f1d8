using System.Text.Json;
using Contracts.Messages;
using Npgsql;

namespace Integration.Tests.Running;

/// <summary>twin-state's read models in the database.</summary>
public sealed class SavedTwins(NpgsqlDataSource source)
{
    /// <summary>The saved view; null if there is none.</summary>
    public async Task<TwinView?> View(string assetId)
    {
        await using var command = source.CreateCommand("select view from twin_state.twin where asset_id = $1");
        command.Parameters.Add(new() { Value = assetId });
        return await command.ExecuteScalarAsync() is string view
            ? JsonSerializer.Deserialize<TwinView>(view, JsonSerializerOptions.Web)
            : null;
    }

    /// <summary>
    /// The stored history as text, one line per block with level, start and bytes, and the view of the same save.
    /// </summary>
    public async Task<(TwinView? View, string History)> ViewAndHistory(string assetId)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using var command = new NpgsqlCommand("""
            select (select view from twin_state.twin where asset_id = $1),
                   (select string_agg(level || ' ' || block_start || ' ' || encode(data, 'hex'), E'\n' order by level, block_start) from twin_state.rollup where asset_id = $1)
            """, connection);
        command.Parameters.Add(new() { Value = assetId });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.IsDBNull(0) ? null : JsonSerializer.Deserialize<TwinView>(reader.GetString(0), JsonSerializerOptions.Web),
            reader.IsDBNull(1) ? "" : reader.GetString(1));
    }
}

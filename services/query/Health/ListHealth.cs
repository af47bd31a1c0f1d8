using System.ComponentModel;
using Npgsql;
using ServiceDefaults;

namespace Query.Health;

/// <summary>Summary of a wearing part.</summary>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="Component">Id of the part.</param>
/// <param name="Since">When the part reached this level; null before the first reading.</param>
sealed record PartSummary(
    string AssetId,
    string Component,
    [property: Description("learning, healthy, degrading or critical.")] string Level,
    DateTimeOffset? Since,
    [property: Description("Median remaining life in days; null when no assessment is possible.")] double? P50);

/// <summary>Lists the condition of all parts as saved by twin-state, for asset lists.</summary>
sealed class ListHealth(NpgsqlDataSource source)
{
    static readonly string[] Levels = ["learning", "healthy", "degrading", "critical"];

    public static void Map(IEndpointRouteBuilder health) => health
        .MapGet("/", (ListHealth list, [Description("Only parts at this level: learning, healthy, degrading or critical.")] string? level,
            CancellationToken cancel) => list.Run(level, cancel))
        .WithName("listHealth").WithSummary("Summary of the wearing parts of all assets");

    /// <summary>Levels of parts, the worst last.</summary>
    public static IReadOnlyList<string> AllLevels => Levels;

    /// <summary>The levels of the parts of assets, as saved.</summary>
    public async Task<List<(string AssetId, string Component, string Level)>> Of(
        IReadOnlyCollection<string> assetIds, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"select asset_id, component, view ->> 'level' from {ReadModels.Health} where asset_id = any($1)");
        command.Parameters.Add(new() { Value = assetIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<(string AssetId, string Component, string Level)> parts = [];
        while (await reader.ReadAsync(cancel)) parts.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return parts;
    }

    /// <exception cref="InvalidInputException">No such level.</exception>
    public async Task<List<PartSummary>> Run(string? level, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(level) && !Levels.Contains(level))
            throw new InvalidInputException("level", level, string.Join(", ", Levels));
        await using var command = source.CreateCommand($"""
            select asset_id, component, view ->> 'level', (view ->> 'since')::timestamptz, (view -> 'assessment' ->> 'p50')::float8
            from {ReadModels.Health} where $1 = '' or view ->> 'level' = $1 order by asset_id, component
            """);
        command.Parameters.Add(new() { Value = level ?? "" });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<PartSummary> parts = [];
        while (await reader.ReadAsync(cancel))
            parts.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.IsDBNull(4) ? null : reader.GetDouble(4)));
        return parts;
    }
}

using System.ComponentModel;
using Npgsql;
using NpgsqlTypes;
using Query.Api;
using Query.Events;
using Query.Registry;
using ServiceDefaults;

namespace Query.Health;

/// <summary>Summary of a wearing part.</summary>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="Component">Id of the part.</param>
sealed record PartSummary(
    string AssetId,
    string Component,
    [property: Description("learning, healthy, degrading or critical.")] string Level,
    [property: Description(
        "When the part reached this level; null before the first reading, and with validAt or knownAt also while it is learning.")]
    DateTimeOffset? Since,
    [property: Description("Median remaining life in days; null when no assessment is possible.")] double? P50);

/// <summary>Lists the condition of all parts, as saved by twin-state or as of some time, for asset lists.</summary>
sealed class ListHealth(NpgsqlDataSource source, PastParts past, KnownAssets assets)
{
    /// <summary>Levels of parts, the worst last.</summary>
    public static readonly IReadOnlyList<string> Levels = ["learning", "healthy", "degrading", "critical"];

    public static void Map(IEndpointRouteBuilder health) => health
        .MapGet("/", (ListHealth list, [Description("Only parts at this level: learning, healthy, degrading or critical.")] string? level,
            [Description("The parts as of this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            CancellationToken cancel) => list.Run(level, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel))
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("listHealth").WithSummary("Summary of the wearing parts of all assets")
        .WithDescription("With validAt or knownAt, of the assets that were known then, from what the log says of changes and assessments.");

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

    /// <exception cref="InvalidInputException">No such level, a time in the future, or a position after the end of the log.</exception>
    /// <exception cref="BusyException">Too many past states are being computed.</exception>
    public async Task<IReadOnlyList<PartSummary>> Run(
        string? level, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(level) && !Levels.Contains(level))
            throw new InvalidInputException("level", level, string.Join(", ", Levels));
        if (validAt is not null || knownAt is not null)
            return [.. (await past.All(validAt, knownAt, cancel)).Where(p => string.IsNullOrEmpty(level) || p.Level == level)];
        await using var command = source.CreateCommand($"""
            select asset_id, component, view ->> 'level', (view ->> 'since')::timestamptz, (view -> 'assessment' ->> 'p50')::float8
            from {ReadModels.Health} where ($1 = '' or view ->> 'level' = $1) and ($2::text[] is null or asset_id = any($2))
            order by asset_id, component
            """);
        command.Parameters.Add(new() { Value = level ?? "" });
        command.Parameters.Add(
            new() { Value = (object?)assets.Visible ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<PartSummary> parts = [];
        while (await reader.ReadAsync(cancel))
            parts.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.IsDBNull(4) ? null : reader.GetDouble(4)));
        return parts;
    }
}

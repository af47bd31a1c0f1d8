using System.Text.Json;
using Contracts.Decisions;
using Npgsql;
using ServiceDefaults;

namespace Query.Decisions;

/// <summary>A decision as simulation saved it.</summary>
sealed class GetDecision(NpgsqlDataSource source)
{
    public static void Map(IEndpointRouteBuilder decisions) => decisions
        .MapGet("/{id}", (string id, GetDecision get, CancellationToken cancel) => get.Run(id, cancel))
        .WithName("getDecision").WithSummary("A decision: the question, the comparison, the option taken and the outcome");

    /// <exception cref="NotFoundException">No such decision.</exception>
    public async Task<DecisionView> Run(string id, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select view from {ReadModels.Decision} where decision_id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancel) is string view
            ? JsonSerializer.Deserialize<DecisionView>(view, JsonSerializerOptions.Web)!
            : throw new NotFoundException("decision", id);
    }
}

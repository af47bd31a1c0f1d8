using System.ComponentModel;
using System.Text.Json;
using Contracts.Decisions;
using Npgsql;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Decisions;

namespace Query.Decisions;

/// <summary>A decision as simulation saved it, or as the log knew it at some position.</summary>
sealed class GetDecision(NpgsqlDataSource source, FindPast find, PastEvents events, KnownAssets assets)
{
    public static void Map(IEndpointRouteBuilder decisions) => decisions
        .MapGet("/{id}", (
                string id,
                GetDecision get,
                [Description(KnownAt.Meaning)] string? knownAt,
                CancellationToken cancel) => get.Run(id, KnownAt.Parse(knownAt), cancel))
        .WithName("getDecision").WithSummary("A decision: the question, the comparison, the option taken and the outcome");

    /// <exception cref="NotFoundException">No such decision, or not yet.</exception>
    /// <exception cref="InvalidInputException">A position after the end of the log.</exception>
    public async Task<DecisionView> Run(string id, KnownAt? knownAt, CancellationToken cancel)
    {
        if (knownAt is null) return await Run(id, cancel);
        var moment = await find.Moment(null, knownAt, cancel);
        var decision =
            (await events.OfStream(Streams.Decision(id), moment.KnownAt, cancel)).Aggregate((DecisionView?)null, FoldDecision.Apply);
        if (decision is not null) return Guarded(decision);
        var now = await Run(id, cancel);
        throw NotYet.AtPosition(
            "decision", id, moment, await events.First(Streams.Decision(id), cancel),
            $"it was recommended at {NotYet.Text(now.RecommendedAt)}");
    }

    /// <exception cref="NotFoundException">No such decision.</exception>
    public async Task<DecisionView> Run(string id, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select view from {ReadModels.Decision} where decision_id = $1");
        command.Parameters.Add(new() { Value = id });
        return Guarded(await command.ExecuteScalarAsync(cancel) is string view
            ? JsonSerializer.Deserialize<DecisionView>(view, JsonSerializerOptions.Web)!
            : throw new NotFoundException("decision", id));
    }

    DecisionView Guarded(DecisionView decision)
    {
        assets.Guard(decision.AssetId, "decision", decision.Id);
        return decision;
    }
}

using System.ComponentModel;
using System.Text.Json;
using Contracts.Decisions;
using Npgsql;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Decisions;

namespace Query.Decisions;

/// <summary>A decision as simulation saved it, or as of some time.</summary>
sealed class GetDecision(NpgsqlDataSource source, FindPast find, PastEvents events, KnownAssets assets)
{
    public static void Map(IEndpointRouteBuilder decisions) => decisions
        .MapGet("/{id}", (
                string id,
                GetDecision get,
                [Description("The decision as of this time, in ISO 8601.")] string? validAt,
                [Description(KnownAt.Meaning)] string? knownAt,
                CancellationToken cancel) => get.Run(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel))
        .WithName("getDecision").WithSummary("A decision: the question, the comparison, the option taken and the outcome");

    /// <exception cref="NotFoundException">No such decision, or not yet.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<DecisionView> Run(string id, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        if (validAt is null && knownAt is null) return await Run(id, cancel);
        var moment = await find.Moment(validAt, knownAt, cancel);
        var position = await find.RecordedBy(moment, cancel);
        var decision =
            (await events.OfStream(Streams.Decision(id), position, cancel)).Aggregate((DecisionView?)null, FoldDecision.Apply);
        if (decision is not null) return Guarded(decision);
        var now = await Run(id, cancel);
        if (validAt is { } at && now.RecommendedAt > at) throw NotYet.AtTime("decision", id, at, now.RecommendedAt, "validAt");
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

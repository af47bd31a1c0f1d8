using System.ComponentModel;
using System.Text.Json.Serialization;
using Contracts.Events;
using Contracts.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Graphs;

namespace Query.Graphs;

/// <summary>How two assets are related.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record RelationshipToAdd(
    [property: Description("All its properties, as its type declares them; null: none.")] IReadOnlyList<PropertyAnswer>? Properties = null,
    [property: Description("When it became true, from 1970 up to now; default: when it is recorded.")] DateTimeOffset? Since = null,
    [property: Description("Who records it, 1 to 100 characters; default: X-Pollux-Actor.")] string? By = null,
    [property: Description("Free text, at most 1000 characters; default: X-Pollux-Reason.")] string? Comment = null);

/// <summary>Has relationships added and removed, and waits until they are visible.</summary>
sealed class ChangeRelationshipEndpoint(KnownAssets assets, TwinGraph graph, AskTwinState twinState, TimeProvider time)
{
    const string Who = "who records it, 1 to 100 characters";
    const string Route = "/{id}/relationships/{type}/{target}";
    const int LongestText = 200;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Route, async Task<Results<Ok<RelationshipAnswer>, Accepted>> (
                string id, string type, string target, RelationshipToAdd body, ChangeRelationshipEndpoint change,
                CancellationToken cancel) => Answer(id, await change.Add(id, type, target, body, cancel)))
            .WithName("addRelationship").WithSummary("Relate two assets, or change the properties of their relationship")
            .WithDescription(
                "The type must be declared by the model of the asset it goes out from. Waits up to 5 s until it is visible (200); 202 if "
                    + "it takes longer. Safe to repeat: what is as asked stays so. 409 if a rule of the type forbids it at any time from "
                    + "since on; the reason names the relationships in the way.");
        routes.MapDelete(Route, async Task<Results<Ok<RelationshipAnswer>, Accepted>> (
                string id, string type, string target, ChangeRelationshipEndpoint change,
                [Description("When it ceased to be true, in ISO 8601; default: when it is recorded. Not before it became true.")]
                string? until,
                [Description("Who records it, 1 to 100 characters; default: X-Pollux-Actor.")] string? by,
                [Description("Free text, at most 1000 characters; default: X-Pollux-Reason.")] string? comment,
                CancellationToken cancel) =>
                Answer(id, await change.Remove(id, type, target, Input.Time("until", until), by, comment, cancel)))
            .WithName("removeRelationship").WithSummary("End the relationship of two assets, or correct when it ended")
            .WithDescription(
                "It stays in the log and true for times before. With until, the end of one that was removed is corrected (409 if a rule "
                    + "of the type forbids a later one); until = since says that it never was. Waits up to 5 s until it is visible (200); "
                    + "202 if it takes longer. Safe to repeat. 404 if there never was one.");
    }

    static Results<Ok<RelationshipAnswer>, Accepted> Answer(string id, RelationshipAnswer? relationship) => relationship is null
        ? TypedResults.Accepted($"/api/v1/assets/{id}/relationships")
        : TypedResults.Ok(relationship);

    /// <summary>The relationship; null if it is not visible in time.</summary>
    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    /// <exception cref="RuleViolationException">A rule of the type forbids it.</exception>
    public async Task<RelationshipAnswer?> Add(
        string id, string type, string target, RelationshipToAdd asked, CancellationToken cancel)
    {
        var (source, other) = (assets.Get(id), assets.Get(target));
        var properties = (asked.Properties ?? []).Select(Property).ToList();
        if (CheckRelationship.Find((id, source.Model), type, (target, other.Model), properties) is { } problem)
            throw new InvalidInputException(problem.Field, problem.Value, problem.Allowed);
        var (by, comment) = KnowCaller.Named(asked.By, asked.Comment, Who);
        return await Ask(
            new AddRelationship(id, type, target, properties, Moment("since", asked.Since), by, comment), (id, type, target), cancel);
    }

    /// <summary>The relationship after that; null if it is not visible in time.</summary>
    /// <exception cref="NotFoundException">No such asset or relationship.</exception>
    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    /// <exception cref="RuleViolationException">It was not true at that time yet.</exception>
    public async Task<RelationshipAnswer?> Remove(
        string id, string type, string target, DateTimeOffset? until, string? by, string? comment, CancellationToken cancel)
    {
        _ = (assets.Get(id), assets.Get(target));
        var (who, why) = KnowCaller.Named(by, comment, Who);
        if (!(await graph.Refresh(cancel)).Book.Between(id, type, target).Any())
            throw new NotFoundException("relationship", $"{id} {type} {target}");
        return await Ask(
            new RemoveRelationship(id, type, target, Moment("until", until), who, why), (id, type, target), cancel);
    }

    async Task<RelationshipAnswer?> Ask<T>(T command, (string Source, string Type, string Target) of, CancellationToken cancel)
        where T : class
    {
        if (await twinState.Run<T, RelationshipAnswered>(command, Patience, cancel) is not { } answer) return null;
        if (answer.Refusal is { } refusal) throw new RuleViolationException(refusal);
        var (book, _) = await graph.Refresh(cancel);
        return RelationshipAnswer.Of(book.Between(of.Source, of.Type, of.Target).Last());
    }

    // A caller's clock that is ahead relates nothing in the future: that is now, by the clock that records it. Whole microseconds, like
    // sample times.
    DateTimeOffset? Moment(string name, DateTimeOffset? asked)
    {
        var now = time.GetUtcNow();
        if (asked is not { } given) return null;
        var at = Input.Past(name, given, now);
        return at > now ? null : at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    static PropertyValue Property(PropertyAnswer? asked, int index)
    {
        var name = FormattableString.Invariant($"properties[{index}]");
        if (asked?.Id is not { Length: > 0 } id) throw new InvalidInputException($"{name}.id", asked?.Id, "id of a property of the type");
        return new(id, asked.Number, asked.Unit, Input.Line($"{name}.text", asked.Text, LongestText));
    }
}

using System.ComponentModel;
using System.Text.Json.Serialization;
using Contracts.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Assets;
using Query.Registry;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Access;
using TwinModel.Assets;

namespace Query.Policies;

/// <summary>Who may do what on which assets.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record PolicyToSet(
    [property: Description("1 to 50 of everyone, role:NAME and user:NAME.")] IReadOnlyList<string?>? Subjects,
    [property: Description("read; or write: whatever a role may do, which includes reading.")] string? May,
    [property: Description("1 to 200 of all, asset:ID, below:ID and label:KEY=VALUE.")] IReadOnlyList<string?>? Assets,
    [property: Description("Who sets it, 1 to 100 characters; default: X-Pollux-Actor.")] string? By = null,
    [property: Description("Free text, at most 1000 characters; default: X-Pollux-Reason.")] string? Comment = null);

/// <summary>Has policies set and removed, and waits until they hold.</summary>
sealed class ChangePolicyEndpoint(PolicyLog policies, KnownAssets assets, AskTwinState twinState)
{
    const string Who = "who changes it, 1 to 100 characters";
    const int MostSubjects = 50;
    const int MostAssets = 200;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/{id}", async Task<Results<Ok<PolicyAnswer>, Accepted>> (
                string id, PolicyToSet body, ChangePolicyEndpoint change, CancellationToken cancel) =>
                await change.Set(id, body, cancel) is { } policy
                    ? TypedResults.Ok(policy)
                    : TypedResults.Accepted($"/api/v1/policies/{id}"))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("setPolicy").WithSummary("Let a policy be like this")
            .WithDescription(
                "Holds for requests from now on, and for streams that are open. Waits up to 5 s (200); 202 if it takes longer. Safe to "
                    + "repeat. 409 if no policy would be left that lets role:admin (or everyone) write all assets.");
        routes.MapDelete("/{id}", async Task<Results<NoContent, Accepted>> (
                string id, ChangePolicyEndpoint change,
                [Description("Who removes it, 1 to 100 characters; default: X-Pollux-Actor.")] string? by,
                [Description("Free text, at most 1000 characters; default: X-Pollux-Reason.")] string? comment,
                CancellationToken cancel) => await change.Remove(id, by, comment, cancel)
                    ? TypedResults.NoContent()
                    : TypedResults.Accepted($"/api/v1/policies/{id}"))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("removePolicy").WithSummary("Let a policy hold no more")
            .WithDescription("409 if no policy would be left that lets role:admin (or everyone) write all assets.");
    }

    /// <summary>The policy; null if there was no answer in time.</summary>
    /// <exception cref="InvalidInputException">Names the member and what is allowed.</exception>
    /// <exception cref="RuleViolationException">It would lock the last admin out.</exception>
    public async Task<PolicyAnswer?> Set(string id, PolicyToSet asked, CancellationToken cancel)
    {
        if (!AssetId.IsKebabCase(id))
            throw new InvalidInputException("id", id, "kebab-case: a-z, 0-9, single dashes, at most 64 characters");
        var subjects = Each("subjects", asked.Subjects, MostSubjects, Subject);
        if (asked.May is not ("read" or "write")) throw new InvalidInputException("may", asked.May, "read, write");
        var selectors = Each("assets", asked.Assets, MostAssets, Selector);
        var (by, comment) = KnowCaller.Named(asked.By, asked.Comment, Who);
        var tenant = Caller.Current.Tenant;
        return await Ask(new SetPolicy(id, tenant, subjects, asked.May, selectors, by, comment), cancel)
            ? PolicyAnswer.Of(policies.Now.Book.Of(tenant)[id])
            : null;
    }

    /// <summary>Whether it is done; false if there was no answer in time.</summary>
    /// <exception cref="NotFoundException">No such policy.</exception>
    /// <exception cref="RuleViolationException">It would lock the last admin out.</exception>
    public async Task<bool> Remove(string id, string? by, string? comment, CancellationToken cancel)
    {
        var (who, why) = KnowCaller.Named(by, comment, Who);
        var tenant = Caller.Current.Tenant;
        if (!(await policies.Refresh(cancel)).Book.Of(tenant).ContainsKey(id)) throw new NotFoundException("policy", id);
        return await Ask(new RemovePolicy(id, tenant, who, why), cancel);
    }

    async Task<bool> Ask<T>(T command, CancellationToken cancel)
        where T : class
    {
        if (await twinState.Run<T, PolicyAnswered>(command, Patience, cancel) is not { } answer) return false;
        if (answer.Refusal is { } refusal) throw new RuleViolationException(refusal);
        await policies.Refresh(cancel);
        return true;
    }

    static List<string> Each(string name, IReadOnlyList<string?>? given, int most, Func<string, string, string> check)
    {
        if (given is not { Count: > 0 } || given.Count > most)
            throw new InvalidInputException(name, given is null ? null : $"{given.Count} of them", $"1 to {most}");
        return [.. given.Select((text, i) => check(FormattableString.Invariant($"{name}[{i}]"), text ?? ""))
            .Distinct(StringComparer.Ordinal)];
    }

    static string Subject(string field, string text)
    {
        if (text == Policy.Everyone) return text;
        if (After(text, Policy.User) is { Length: > 0 } user && Input.Line(field, user, Caller.LongestActor) == user) return text;
        if (After(text, Policy.Role) is not { } role) throw new InvalidInputException(field, text, Policy.AllowedSubjects);
        return AccessTable.WithName(role) != Roles.None
            ? text
            : throw new InvalidInputException(
                field, text, $"{Policy.Role} and one of {string.Join(", ", AccessTable.Names(AccessTable.Everyone))}");
    }

    // What is not there yet may be meant for later, but a mistyped id would silently cover nothing.
    string Selector(string field, string text)
    {
        if (text == Policy.All) return text;
        if ((After(text, Policy.Asset) ?? After(text, Policy.Below)) is { } id)
            return assets.Every.Any(a => a.Id == id) && assets.IsVisible(id)
                ? text
                : throw new InvalidInputException(field, text, "the id of a registered asset");
        if (After(text, Policy.Label) is not { } label) throw new InvalidInputException(field, text, Policy.AllowedAssets);
        AssetLabels.Pair(field, label);
        return text;
    }

    static string? After(string text, string kind) => text.StartsWith(kind, StringComparison.Ordinal) ? text[kind.Length..] : null;
}

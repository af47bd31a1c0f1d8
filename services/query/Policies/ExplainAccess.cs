using System.ComponentModel;
using Query.Api;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Access;

namespace Query.Policies;

/// <summary>Whether somebody may do something, and why.</summary>
/// <param name="Operation">The operation.</param>
sealed record AccessExplanation(
    string Operation,
    [property: Description("The asset that was asked about, or null.")] string? Asset,
    [property: Description("Who was asked about.")] string Name,
    [property: Description("Its roles.")] IReadOnlyList<string> Roles,
    [property: Description("Its tenant, or null.")] string? Tenant,
    [property: Description("Whether it is allowed.")] bool IsAllowed,
    [property: Description("In one sentence.")] string Because,
    [property: Description("Roles that may ask for the operation.")] IReadOnlyList<string> RolesThatMay,
    [property: Description("What the operation needs on the asset: read or write.")] string Needs,
    [property: Description("What the policies allow on the asset: none, read or write; null without an asset.")] string? Has,
    [property: Description("The policies that are about somebody like this and cover the asset.")] IReadOnlyList<PolicyAnswer> Policies);

/// <summary>Says why something is allowed or denied.</summary>
sealed class ExplainAccess(Reach reach, PolicyLog policies)
{
    const Roles MayAskAboutOthers = Roles.Admin | Roles.Auditor;

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/policies:explain", (
            ExplainAccess explain,
            [Description("Name of an operation, as in this reference, e.g. recordMaintenance.")] string? operation,
            [Description("Id of the asset; absent: only whether the roles allow it.")] string? asset,
            [Description("About somebody else, by name; for admin and auditor.")] string? name,
            [Description("Roles of that person; may be repeated.")] string[]? role,
            CancellationToken cancel) => explain.Run(operation, asset, name, role, cancel))
        .WithTags("Policies").WithName("explainAccess").WithSummary("Why somebody may do something or not")
        .WithDescription("About the caller itself, or, for admin and auditor, about anybody of its tenant.");

    /// <exception cref="InvalidInputException">Names the parameter and what is allowed.</exception>
    /// <exception cref="ForbiddenException">The caller asks about others and may not.</exception>
    public async Task<AccessExplanation> Run(
        string? operation, string? asset, string? name, IReadOnlyList<string>? roles, CancellationToken cancel)
    {
        if (operation is null || AccessTable.Operations.FirstOrDefault(o => o.Equals(operation, StringComparison.OrdinalIgnoreCase))
            is not { } known) throw new InvalidInputException("operation", operation, "the name of an operation of the API");
        foreach (var role in roles ?? [])
        {
            if (AccessTable.WithName(role) == Roles.None)
                throw new InvalidInputException("role", role, string.Join(", ", AccessTable.Names(AccessTable.Everyone)));
        }
        await policies.Refresh(cancel);
        return Of(known, Input.Text("asset", asset, 64), About(Input.Line("name", name, Caller.LongestActor), roles ?? []));
    }

    static Subject About(string? name, IReadOnlyList<string> roles)
    {
        // Where nobody is asked who he is, everybody is an admin.
        var caller = Caller.Current.Subject ?? new(Caller.Current.Actor ?? "anybody", [.. AccessTable.Names(Roles.Admin)]);
        if (name is null && roles.Count == 0) return caller;
        if (name is null) throw new InvalidInputException("name", null, "whose roles they are");
        return (AccessTable.WithNames(caller.Roles) & MayAskAboutOthers) != Roles.None
            ? new(name, roles, caller.Tenant)
            : throw new ForbiddenException(
                $"Asking about others is for {string.Join(", ", AccessTable.Names(MayAskAboutOthers))}; leave out name and role.");
    }

    AccessExplanation Of(string operation, string? assetId, Subject about)
    {
        var allowed = AccessTable.Of(operation);
        var needs = AccessTable.Needs(operation);
        // The caller asks; what it does not see is not there for it either.
        var asset = assetId is not null && reach.Of(Caller.Current, assetId) >= Right.Read ? reach.Guarded(assetId) : null;
        var book = policies.Now.Book;
        var matching = asset is null ? [] : book.Of(about.Tenant).Values
            .Where(p => p.IsAbout(about) && p.Covers(asset, reach.IsBelow)).ToList();
        var has = asset is null ? Right.None : book.RightOf(about, asset, reach.IsBelow);
        var (isAllowed, because) =
            (AccessTable.WithNames(about.Roles) & allowed) == Roles.None
                ? (false, $"{operation} is for the roles {string.Join(", ", AccessTable.Names(allowed))}.")
            : about.Tenant is not null && AccessTable.IsOfSystem(operation)
                ? (false, $"{operation} is about the whole system, for callers without a tenant.")
            : assetId is null ? (true, $"The roles allow {operation}; on which assets, the policies say.")
            : asset is null ? (false, $"There is no asset {assetId}.")
            : has >= needs ? (true, $"Policy {matching.First(p => p.May == has).Id} lets {about.Name} {PolicyBook.NameOf(has)} {assetId}.")
            : has == Right.None ? (false, $"No policy covers {assetId} for {about.Name}: to it, the asset is not there.")
            : (false, $"{operation} needs write on {assetId}; policy {matching[0].Id} lets {about.Name} read it, and no more.");
        return new(
            operation, assetId, about.Name, [.. about.Roles], about.Tenant, isAllowed, because, [.. AccessTable.Names(allowed)],
            PolicyBook.NameOf(needs), asset is null ? null : PolicyBook.NameOf(has), [.. matching.Select(PolicyAnswer.Of)]);
    }
}

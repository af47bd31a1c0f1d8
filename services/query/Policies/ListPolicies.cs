using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Access;

namespace Query.Policies;

/// <summary>The policies of the caller's tenant.</summary>
sealed class ListPolicies(PolicyLog policies)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", (ListPolicies list, CancellationToken cancel) => list.Run(cancel))
            .WithName("listPolicies").WithSummary("Who may do what on which assets, by id")
            .WithDescription(
                "Roles say which operations somebody may ask for, policies on which assets. What no policy allows is not there (404), or, "
                    + "for a command about what one may only read, refused (403). Until somebody changes it, the policy everyone lets "
                    + "everybody write all. Each tenant has its own, and sees nobody else's assets.");
        routes.MapGet("/{id}", (string id, ListPolicies list, CancellationToken cancel) => list.Get(id, cancel))
            .WithName("getPolicy").WithSummary("A policy");
    }

    public async Task<PolicyList> Run(CancellationToken cancel) =>
        new([.. (await policies.Refresh(cancel)).Book.Of(Caller.Current.Tenant).Values.Select(PolicyAnswer.Of)]);

    /// <exception cref="NotFoundException">The caller's tenant has no such policy.</exception>
    public async Task<PolicyAnswer> Get(string id, CancellationToken cancel) =>
        (await policies.Refresh(cancel)).Book.Of(Caller.Current.Tenant).GetValueOrDefault(id) is { } policy
            ? PolicyAnswer.Of(policy)
            : throw new NotFoundException("policy", id);
}

using Contracts.Messages;
using MassTransit;
using ServiceDefaults.Access;

namespace Query.Policies;

static class PolicyRoutes
{
    public static void AddPolicies(this IServiceCollection services) => services
        .AddSingleton<PolicyLog>().AddSingleton<Reach>().AddSingleton<ListPolicies>().AddSingleton<ChangePolicyEndpoint>()
        .AddSingleton<ExplainAccess>();

    public static void MapPolicies(this IEndpointRouteBuilder api)
    {
        var policies = api.MapGroup("/policies").WithTags("Policies");
        ListPolicies.Map(policies);
        ChangePolicyEndpoint.Map(policies);
        ExplainAccess.Map(api);
    }
}

/// <summary>Reads new policies when twin-state announces them.</summary>
sealed class TakePoliciesChanged(PolicyLog policies) : IConsumer<PoliciesChanged>
{
    public Task Consume(ConsumeContext<PoliciesChanged> context) => policies.Refresh(context.CancellationToken);
}

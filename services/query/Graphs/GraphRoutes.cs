using ServiceDefaults;

namespace Query.Graphs;

static class GraphRoutes
{
    public static void AddGraphs(this IServiceCollection services) => services
        .AddSingleton<TwinGraph>().AddSingleton<GraphAssets>().AddSingleton<GraphStates>().AddSingleton<ChangeRelationshipEndpoint>()
        .AddSingleton<ListRelationships>().AddSingleton<ListNodes>().AddSingleton<GetTree>().AddHostedService<FollowGraph>();

    public static void MapGraphs(this IEndpointRouteBuilder api)
    {
        var assets = api.MapGroup("/assets").WithTags("Graph");
        ChangeRelationshipEndpoint.Map(assets);
        ListRelationships.Map(assets);
        GetTree.Map(api, assets);
        ListNodes.Map(api);
    }
}

using ServiceDefaults;

namespace Query.Rebuilds;

static class RebuildRoutes
{
    public static void AddRebuilds(this IServiceCollection services) =>
        services.AddSingleton<RebuildLog>().AddSingleton<StartRebuildEndpoint>().AddSingleton<ListRebuilds>();

    public static void MapRebuilds(this IEndpointRouteBuilder api)
    {
        var rebuilds = api.MapGroup("/rebuilds").WithTags("Rebuilds");
        StartRebuildEndpoint.Map(rebuilds);
        ListRebuilds.Map(rebuilds);
    }
}

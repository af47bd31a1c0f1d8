namespace Query.Lineages;

static class LineageRoutes
{
    public static void AddLineages(this IServiceCollection services) => services
        .AddSingleton<ReadLogged>().AddSingleton<TraceSources>().AddSingleton<FindReading>().AddSingleton<FindLineage>();

    public static void MapLineages(this IEndpointRouteBuilder api) => FindLineage.Map(api);
}

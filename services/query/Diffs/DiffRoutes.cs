namespace Query.Diffs;

static class DiffRoutes
{
    public static void AddDiffs(this IServiceCollection services) =>
        services.AddSingleton<CompareTwins>().AddSingleton<DiffTwin>().AddSingleton<DiffFleet>();

    public static void MapDiffs(this IEndpointRouteBuilder api)
    {
        DiffTwin.Map(api.MapGroup("/twins").WithTags("Twins"));
        DiffFleet.Map(api);
    }
}

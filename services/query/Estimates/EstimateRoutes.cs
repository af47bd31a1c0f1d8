namespace Query.Estimates;

static class EstimateRoutes
{
    public static void AddEstimates(this IServiceCollection services) =>
        services.AddSingleton<GetEstimate>().AddSingleton<FoldEstimate>().AddSingleton<GetEstimateHistory>();

    public static void MapEstimates(this IEndpointRouteBuilder api)
    {
        var twins = api.MapGroup("/twins").WithTags("Twins");
        GetEstimate.Map(twins);
        GetEstimateHistory.Map(twins);
    }
}

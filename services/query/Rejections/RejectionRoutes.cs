namespace Query.Rejections;

static class RejectionRoutes
{
    public static void AddRejections(this IServiceCollection services) =>
        services.AddSingleton<ReadRejections>().AddSingleton<ReplayRejectionEndpoint>();

    public static void MapRejections(this IEndpointRouteBuilder api)
    {
        var rejected = api.MapGroup("/rejected").WithTags("Rejected").RequireRateLimiting(Api.ApiSetup.Expensive);
        ListRejections.Map(rejected);
        ReplayRejectionEndpoint.Map(rejected);
    }
}

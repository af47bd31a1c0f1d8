namespace Query.Health;

static class HealthRoutes
{
    public static void AddHealth(this IServiceCollection services) =>
        services.AddSingleton<GetHealth>().AddSingleton<FoldHealth>().AddSingleton<ListHealth>().AddSingleton<PastParts>()
            .AddSingleton<Outcomes>().AddSingleton<RecordMaintenanceEndpoint>();

    public static void MapHealth(this IEndpointRouteBuilder api)
    {
        ListHealth.Map(api.MapGroup("/health").WithTags("Health"));
        GetHealth.Map(api.MapGroup("/twins").WithTags("Health"));
        RecordMaintenanceEndpoint.Map(api.MapGroup("/assets").WithTags("Health"));
    }
}

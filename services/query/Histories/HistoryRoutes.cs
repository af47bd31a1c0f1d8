namespace Query.Histories;

static class HistoryRoutes
{
    public static void AddHistories(this IServiceCollection services) =>
        services.AddSingleton<GetHistory>().AddSingleton<ReadRaw>().AddSingleton<ReadRollups>();

    public static void MapHistories(this IEndpointRouteBuilder api) => GetHistory.Map(api);
}

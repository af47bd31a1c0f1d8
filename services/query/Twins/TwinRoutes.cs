namespace Query.Twins;

static class TwinRoutes
{
    public static void AddTwins(this IServiceCollection services) =>
        services.AddSingleton<LiveTwins>().AddSingleton<ReadSavedTwins>().AddSingleton<AwaitPosition>().AddSingleton<FoldTwin>()
            .AddSingleton<ListPastTwins>().AddSingleton<WatchTwins>().AddSingleton<RebuildTwinEndpoint>().AddHostedService<KeepUp>();

    public static void MapTwins(this IEndpointRouteBuilder api)
    {
        var twins = api.MapGroup("/twins").WithTags("Twins");
        ListTwins.Map(twins);
        GetTwin.Map(twins);
        WatchTwins.Map(twins);
        RebuildTwinEndpoint.Map(twins);
    }
}

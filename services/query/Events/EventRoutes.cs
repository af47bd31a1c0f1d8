namespace Query.Events;

static class EventRoutes
{
    public static void AddEvents(this IServiceCollection services) => services.AddSingleton<FindPosition>().AddSingleton<DecodeReadings>().AddSingleton<ListEvents>();

    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        var log = api.MapGroup("/log").WithTags("Event log");
        ListEvents.Map(log);
        GetPosition.Map(log);
    }
}

using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Query.Events;

static class EventRoutes
{
    public static void AddEvents(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton<FindPosition>().AddSingleton<GetPosition>().AddSingleton<DecodeReadings>().AddSingleton<ListEvents>()
        .AddSingleton<WatchEvents>().AddSingleton<VisibleEvents>()
        .AddSingleton<SealedLog>().AddSingleton<ListSeals>().AddSingleton<ProveEvent>()
        .AddSingleton(new LogLimits(configuration.WholeNumber("Limits:ReadingsFromLog", 20_000_000, 1_000, 1_000_000_000)));

    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        var log = api.MapGroup("/log").WithTags("Event log");
        ListEvents.Map(log);
        WatchEvents.Map(log);
        GetPosition.Map(log);
        ListSeals.Map(log);
        ProveEvent.Map(log);
    }
}

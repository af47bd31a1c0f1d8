namespace Query.Alarms;

static class AlarmRoutes
{
    public static void AddAlarms(this IServiceCollection services) => services
        .AddSingleton<ListAlarms>().AddSingleton<GetAlarm>().AddSingleton<AcknowledgeAlarmEndpoint>();

    public static void MapAlarms(this IEndpointRouteBuilder api)
    {
        var alarms = api.MapGroup("/alarms").WithTags("Alarms");
        ListAlarms.Map(alarms);
        GetAlarm.Map(alarms);
        AcknowledgeAlarmEndpoint.Map(alarms);
    }
}

namespace Query.Alarms;

static class AlarmRoutes
{
    public static void AddAlarms(this IServiceCollection services) => services
        .AddSingleton<ListAlarms>().AddSingleton<GetAlarm>().AddSingleton<AcknowledgeAlarmEndpoint>()
        .AddSingleton<HandleAlarmEndpoint>().AddSingleton<OpenAlarms>().AddSingleton<AlarmRates>();

    public static void MapAlarms(this IEndpointRouteBuilder api)
    {
        var alarms = api.MapGroup("/alarms").WithTags("Alarms");
        ListAlarms.Map(alarms);
        OpenAlarms.Map(alarms);
        AlarmRates.Map(alarms);
        GetAlarm.Map(alarms);
        AcknowledgeAlarmEndpoint.Map(alarms);
        HandleAlarmEndpoint.Map(alarms);
    }
}

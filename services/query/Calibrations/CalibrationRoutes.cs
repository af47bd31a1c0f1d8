namespace Query.Calibrations;

static class CalibrationRoutes
{
    public static void AddCalibrations(this IServiceCollection services) =>
        services.AddSingleton<SavedCalibrations>().AddSingleton<CreateCalibration>().AddSingleton<ListCalibrations>()
            .AddSingleton<DecideCalibrationEndpoint>().AddSingleton<GetParameters>().AddSingleton<GetCalibration>();

    public static void MapCalibrations(this IEndpointRouteBuilder api)
    {
        var calibrations = api.MapGroup("/calibrations").WithTags("Calibrations");
        CreateCalibration.Map(calibrations);
        ListCalibrations.Map(calibrations);
        GetCalibration.Map(calibrations);
        DecideCalibrationEndpoint.Map(calibrations);
        GetParameters.Map(api);
    }
}

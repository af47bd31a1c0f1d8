namespace Query.CorrectedReadings;

static class CorrectionRoutes
{
    public static void AddCorrections(this IServiceCollection services) =>
        services.AddSingleton<ListCorrections>().AddSingleton<CorrectReadingsEndpoint>();

    public static void MapCorrections(this IEndpointRouteBuilder api)
    {
        ListCorrections.Map(api.MapGroup("/twins/{id}/corrections").WithTags("Corrections"));
        CorrectReadingsEndpoint.Map(api.MapGroup("/twins").WithTags("Corrections"));
    }
}

namespace Query.Calibrations;

static class GetCalibration
{
    public static void Map(IEndpointRouteBuilder calibrations) => calibrations
        .MapGet("/{id}", (string id, SavedCalibrations saved, CancellationToken cancel) => saved.Get(id, cancel))
        .WithName("getCalibration").WithSummary("A calibration: the question, what was learned, and whether it is in force")
        .WithDescription(
            "The result has every parameter before and after with its 5 % and 95 % quantiles and whether the readings can tell it, the "
                + "spans of the window that were used, and how far sensors and physics were apart before and after, also on readings that "
                + "were held out.");
}

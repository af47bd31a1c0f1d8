namespace Ingest.Imports;

static class ImportTelemetry
{
    public static void MapImportTelemetry(this IEndpointRouteBuilder routes) { }
}

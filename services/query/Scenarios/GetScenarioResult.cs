using System.ComponentModel;
using Contracts.Scenarios;
using Microsoft.Net.Http.Headers;
using Query.Api;
using ServiceDefaults;

namespace Query.Scenarios;

static class GetScenarioResult
{
    const string Json = "application/json";
    const string Csv = "text/csv";
    const string Parquet = "application/vnd.apache.parquet";

    public static void Map(IEndpointRouteBuilder scenarios) => scenarios.MapGet("/{id}/result", async (
            HttpContext http,
            string id,
            SavedScenarios saved,
            [Description("json (default), csv or parquet; Accept: text/csv or application/vnd.apache.parquet does the same.")]
            string? format,
            CancellationToken cancel) =>
        {
            var type = TypeOf(format, http.Request.Headers.Accept);
            var scenario = await saved.Get(id, cancel);
            SavedScenarios.RequireCompleted(scenario);
            // Weak, because compression changes the bytes.
            if (Tags.NotModified(http, $"W/\"{scenario.ContentHash}{(type == Json ? "" : type == Csv ? ".csv" : ".parquet")}\"")) return;
            await Write(http, type, await saved.Result(scenario, cancel), cancel);
        })
        .RequireRateLimiting(ApiSetup.Expensive)
        .Produces<ScenarioResult>(contentType: Json, additionalContentTypes: [Csv, Parquet]).Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("getScenarioResult").WithSummary("The full result: time series, profiles, bands, limits, contributors, start, provenance")
        .WithDescription(
            "CSV and Parquet are long tables: kind, id, unit, case (baseline, scenario, difference), statistic, timeSeconds, "
                + "positionMetre, value. "
            + "409 before the scenario is completed; 404 if the result was deleted: asking the same question again restores it exactly, as "
                + "long as the estimate that it started from is kept.");

    static async Task Write(HttpContext http, string type, byte[] packed, CancellationToken cancel)
    {
        http.Response.ContentType = type == Csv
            ? "text/csv; charset=utf-8; header=present"
            : type == Json ? "application/json; charset=utf-8" : type;
        if (type == Csv)
        {
            await ResultCsv.Write(
                http.Response.BodyWriter.AsStream(leaveOpen: true), ResultRows.Of(PackedJson.Unpack<ScenarioResult>(packed)), cancel);
            return;
        }
        // JSON exactly as stored: the same request always gets the same bytes.
        var body = type == Json
            ? PackedJson.Json(packed)
            : await ResultParquet.Bytes([.. ResultRows.Of(PackedJson.Unpack<ScenarioResult>(packed))], cancel);
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, cancel);
    }

    /// <exception cref="InvalidInputException">An unknown format.</exception>
    public static string TypeOf(string? format, Microsoft.Extensions.Primitives.StringValues accept) => format switch
    {
        "json" => Json,
        "csv" => Csv,
        "parquet" => Parquet,
        not null => throw new InvalidInputException("format", format, "json, csv, parquet"),
        null => MediaTypeHeaderValue.TryParseList(accept, out var accepted)
            ? accepted.OrderByDescending(a => a.Quality ?? 1).Select(a => a.MediaType.Value)
                .FirstOrDefault(t => t is Json or Csv or Parquet) ?? Json
            : Json,
    };
}

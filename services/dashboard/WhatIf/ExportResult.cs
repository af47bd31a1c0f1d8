using Dashboard.SignIn;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Dashboard.WhatIf;

/// <summary>Downloads of scenario results, proxied from query, so that browsers need not reach it.</summary>
sealed class ExportResult(HttpClient query, Visitor visitor, Sessions sessions)
{
    static readonly string[] Formats = ["csv", "parquet", "json"];

    public static void Add(IServiceCollection services) => services.AddHttpClient<ExportResult>((provider, http) =>
    {
        var settings = provider.GetRequiredService<IOptions<DashboardSettings>>().Value;
        // query also answers REST at its gRPC port, so one address is enough; that port speaks only HTTP/2.
        (http.BaseAddress, http.DefaultRequestVersion, http.DefaultVersionPolicy) = (
            new(settings.Query), new(2, 0), HttpVersionPolicy.RequestVersionExact);
        http.Timeout = TimeSpan.FromSeconds(settings.DeadlineSeconds);
    });

    public static string Address(string scenarioId, string format) => $"/what-if/{Uri.EscapeDataString(scenarioId)}/export/{format}";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/what-if/{id}/export/{format}",
            (string id, string format, HttpContext http, ExportResult export) => export.Run(id, format, http));

    async Task Run(string id, string format, HttpContext http)
    {
        if (!Formats.Contains(format))
        {
            await Results.Text(
                $"There is no format '{format}'; formats are {string.Join(", ", Formats)}.", statusCode: StatusCodes.Status404NotFound)
                    .ExecuteAsync(http);
            return;
        }
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri($"api/v1/scenarios/{Uri.EscapeDataString(id)}/result?format={format}", UriKind.Relative))
            {
                Version = query.DefaultRequestVersion,
                VersionPolicy = query.DefaultVersionPolicy,
            };
            if (visitor.Session is { } session)
                request.Headers.Authorization = new("Bearer", await sessions.Token(session, http.RequestAborted));
            using var answer = await query.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            http.Response.StatusCode = (int)answer.StatusCode;
            http.Response.ContentType = $"{answer.Content.Headers.ContentType}";
            if (answer.IsSuccessStatusCode)
                http.Response.Headers.ContentDisposition = $"attachment; filename=\"scenario-{Uri.EscapeDataString(id)}.{format}\"";
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (SessionEndedException e)
        {
            await Results.Text(e.Message, statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(http);
        }
        catch (Exception e) when (e is HttpRequestException or UnavailableException && !http.Response.HasStarted)
        {
            await Results.Text(
                "The query service cannot be reached. Try again when the dashboard says it is connected.",
                statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(http);
        }
    }
}

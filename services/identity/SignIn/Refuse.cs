using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Identity.SignIn;

/// <summary>Answers what is refused: a page for a person's browser, a problem (RFC 9457) for a program.</summary>
static class Refuse
{
    public static void UseRefusals(this WebApplication app)
    {
        app.UseStatusCodePages(pages => Answer(pages.HttpContext, Of(pages.HttpContext)));
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            // Forms that cannot be read. What nobody expects is left to the defaults, which log it.
            catch (Exception e) when (e is BadHttpRequestException or InvalidDataException && !context.Response.HasStarted)
            {
                await Answer(context, Problem.Of(context, e is BadHttpRequestException
                    ? e : new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e)));
            }
        });
    }

    // What OpenIddict refuses, it has the words for.
    static Problem Of(HttpContext context) => context.GetOpenIddictServerResponse() is { ErrorDescription: { Length: > 0 } why }
        ? Problem.Of(context) with { Detail = why }
        : Problem.Of(context);

    static Task Answer(HttpContext context, Problem problem) => IsBrowser(context.Request)
        ? new RazorComponentResult<RefusalPage>(new Dictionary<string, object?> { [nameof(RefusalPage.Text)] = problem.Detail })
        {
            StatusCode = problem.Status,
        }.ExecuteAsync(context)
        : problem.Write(context);

    static bool IsBrowser(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}

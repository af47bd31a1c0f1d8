using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServiceDefaults;

/// <summary>Answers of operations that read a long body.</summary>
public static class ReportProgress
{
    /// <summary>Media type of an answer with one report a line, e.g. in the header Accept.</summary>
    public const string Lines = "application/x-ndjson";

    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Does the work and answers with the final report; before it, a caller that accepts <see cref="Lines"/> gets one report a second.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="work">Reads the body. If it fails after the first report was sent, the last report holds the reason.</param>
    /// <param name="report">Makes a report: whether the work has ended, and why it failed.</param>
    /// <param name="time">Clock of the reports.</param>
    public static async Task Answer<T>(HttpContext context, Func<Task> work, Func<bool, string?, T> report, TimeProvider time)
    {
        var cancel = context.RequestAborted;
        if (!context.Request.Headers.Accept.ToString().Contains(Lines, StringComparison.Ordinal))
        {
            await work();
            await context.Response.WriteAsJsonAsync(report(true, null), cancel);
            return;
        }
        context.Response.ContentType = Lines;
        // Reporting while the body is still being read needs both directions at once.
        using var timer = new PeriodicTimer(Every, time);
        var working = work();
        while (await Task.WhenAny(working, timer.WaitForNextTickAsync(cancel).AsTask()) != working)
            await Write(context, report(false, null), cancel);
        string? error = null;
        try
        {
            await working;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // The status line has already been sent.
            error = Errors.Meaning(e).Detail;
        }
        await Write(context, report(true, error), cancel);
    }

    static async Task Write<T>(HttpContext context, T report, CancellationToken cancel)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, options), cancel);
        await context.Response.Body.WriteAsync("\n"u8.ToArray(), cancel);
        await context.Response.Body.FlushAsync(cancel);
    }
}

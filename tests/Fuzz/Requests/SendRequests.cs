using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Fuzz.Requests;

/// <summary>Sends generated requests and judges the answers.</summary>
static class SendRequests
{
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);

    // Of an answer that is read; exports and histories may be longer.
    const int MostRead = 1 << 20;

    public static async Task<Answer> Send(HttpClient http, GeneratedRequest request, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(new(request.Method), request.Target) { Version = HttpVersion.Version11 };
        if (request.Body is { } body) message.Content = new ByteArrayContent(body);
        foreach (var (name, value) in request.Headers)
        {
            if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) message.Headers.TryAddWithoutValidation(name, value);
            else message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        var began = Stopwatch.GetTimestamp();
        int status;
        MediaTypeHeaderValue? type;
        try
        {
            // Streams never end: their headers are enough.
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
            (status, type) = ((int)answer.StatusCode, answer.Content.Headers.ContentType);
            if (type?.MediaType != "text/event-stream") await Read(answer.Content, cancel);
        }
        // A service that refuses before it has read all of the body may close the connection meanwhile.
        catch (HttpRequestException) when (request.Body is { Length: > 16_384 } || !request.IsHttp)
        {
            return new("closed");
        }
        catch (HttpRequestException e)
        {
            return new("none", $"no answer: {e.Message} {e.InnerException?.Message}");
        }
        var text = status.ToString(CultureInfo.InvariantCulture);
        if (Stopwatch.GetElapsedTime(began) is var took && took > LongestAnswer)
            return new(text, FormattableString.Invariant($"{text} took {took.TotalSeconds:N1} s"));
        if (status >= 500) return new(text, text);
        var isWrong = status is 400 or 401 or 403 or 404 && request.IsHttp && request.Method is not "HEAD"
            && !IsReason(type?.MediaType, request);
        return new(text, isWrong ? $"{text} without a reason" : null);
    }

    // The issuer has pages for people, and errors as OAuth wants them.
    static bool IsReason(string? type, GeneratedRequest request)
    {
        var path = request.Target.Split('?')[0];
        return type switch
        {
            "application/problem+json" => true,
            "text/html" => path == "/sign-in" || request.Header("Accept")?.Contains("text/html", StringComparison.Ordinal) == true,
            "application/json" => path == "/token" || path.StartsWith("/.well-known/", StringComparison.Ordinal),
            _ => false,
        };
    }

    static async Task Read(HttpContent content, CancellationToken cancel)
    {
        await using var stream = await content.ReadAsStreamAsync(cancel);
        var buffer = new byte[1 << 16];
        for (int read = 0, count; read < MostRead && (count = await stream.ReadAsync(buffer, cancel)) > 0;) read += count;
    }
}

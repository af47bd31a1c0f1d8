using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Fuzz.Requests;

/// <summary>Sends generated gRPC calls as they are, and judges the answers.</summary>
static class SendCalls
{
    // Of a stream that has nothing to tell yet.
    static readonly TimeSpan LongestStream = TimeSpan.FromMilliseconds(200);
    const int MostRead = 1 << 20;
    const int Unknown = 2, Internal = 13, DataLoss = 15;

    public static async Task<Answer> Send(HttpClient http, GeneratedRequest call, bool isStream, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(new(call.Method), call.Target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (call.Method != "GET") message.Content = new ByteArrayContent(call.Body!);
        foreach (var (name, value) in call.Headers)
        {
            if (name != "Content-Type") message.Headers.TryAddWithoutValidation(name, value);
            else message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (isStream) limit.CancelAfter(LongestStream);
        var began = Stopwatch.GetTimestamp();
        var (http2, grpc) = (0, (string?)null);
        try
        {
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            http2 = (int)answer.StatusCode;
            await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
            var buffer = new byte[1 << 16];
            for (int read = 0, count; read < MostRead && (count = await stream.ReadAsync(buffer, limit.Token)) > 0;) read += count;
            grpc = Status(answer.TrailingHeaders) ?? Status(answer.Headers);
        }
        catch (OperationCanceledException) when (isStream && !cancel.IsCancellationRequested)
        {
            return new("stream");
        }
        // The server resets a stream whose body goes on after the call has ended, and one whose timeout is over.
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return call.Header("grpc-timeout") is not null || IsReset(e) ? new("reset") : new("none", $"no answer: {e.Message}");
        }
        var text = grpc is null ? http2.ToString(CultureInfo.InvariantCulture) : $"grpc {grpc}";
        if (Stopwatch.GetElapsedTime(began) is var took && took > SendRequests.LongestAnswer)
            return new(text, FormattableString.Invariant($"{text} took {took.TotalSeconds:N1} s"));
        var isWrong = http2 >= 500 || (int.TryParse(grpc, out var status) && status is Unknown or Internal or DataLoss);
        return new(text, isWrong ? text : null);
    }

    static bool IsReset(Exception e) => e.ToString().Contains("RST_STREAM", StringComparison.OrdinalIgnoreCase)
        || e.ToString().Contains("NO_ERROR", StringComparison.Ordinal) || e.ToString().Contains("CANCEL", StringComparison.Ordinal);

    static string? Status(System.Net.Http.Headers.HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out var values) ? string.Join(',', values) : null;
}

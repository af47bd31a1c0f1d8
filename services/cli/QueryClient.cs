using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServiceDefaults;

namespace Cli;

/// <summary>The query service refused a request; the message is its explanation.</summary>
sealed class QueryException(string message) : Exception(message);

/// <summary>REST client of the query service.</summary>
sealed class QueryClient : IDisposable
{
    // Twice the longest response time: a rebuild responds within 30 s.
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>
    /// A client whose commands say who gives them: the token POLLUX_TOKEN, or else POLLUX_ACTOR or the user of this session; and why:
    /// POLLUX_REASON. Another system is never shown the token of this one.
    /// </summary>
    /// <param name="address">Another system, whose token is POLLUX_SOURCE_TOKEN; null: this one, from the settings.</param>
    public QueryClient(Uri? address = null)
    {
        http.BaseAddress = address ?? ThisSystem;
        if (Given(address is null ? "POLLUX_TOKEN" : "POLLUX_SOURCE_TOKEN") is { } token)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        else Say(Caller.ActorHeader, Given("POLLUX_ACTOR") ?? Environment.UserName);
        if (Given("POLLUX_REASON") is { } reason) Say(Caller.ReasonHeader, reason);

        void Say(string header, string value) => http.DefaultRequestHeaders.Add(header, Uri.EscapeDataString(value));

        static string? Given(string name) => Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    public Uri Address => http.BaseAddress!;

    static readonly Uri ThisSystem = new(
        Environment.GetEnvironmentVariable("Services__Query") is { Length: > 0 } url ? url : "http://127.0.0.1:5100");

    /// <summary>Gets a resource; null if it does not exist.</summary>
    /// <exception cref="QueryException">The service refused the request.</exception>
    public async Task<string?> Find(string path, CancellationToken cancel)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancel);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        await Check(response, cancel);
        return await response.Content.ReadAsStringAsync(cancel);
    }

    /// <summary>All items of a list, page by page.</summary>
    public async IAsyncEnumerable<JsonElement> List(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        string? cursor = null;
        do
        {
            var page = JsonElement.Parse(
                await Find($"{path}?limit=100&cursor={cursor}", cancel) ?? throw new QueryException($"{Address}{path} does not exist."));
            foreach (var item in page.GetProperty("items").EnumerateArray()) yield return item;
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
    }

    /// <summary>Sends a command; IsFinished is false if it was accepted but has not finished in time.</summary>
    public async Task<(bool IsFinished, JsonElement Answer)> Send(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var response = await http.SendAsync(request, cancel);
        await Check(response, cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        return (response.StatusCode == HttpStatusCode.OK, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>Puts a text; IsKnown is false if it was accepted but has not finished in time.</summary>
    public async Task<(bool IsKnown, JsonElement Answer)> Put(string path, string text, string mediaType, CancellationToken cancel)
    {
        using var content = new StringContent(text, System.Text.Encoding.UTF8, mediaType);
        using var response = await http.PutAsync(new Uri(path, UriKind.Relative), content, cancel);
        await Check(response, cancel);
        var answer = await response.Content.ReadAsStringAsync(cancel);
        return (response.StatusCode != HttpStatusCode.Accepted, answer.Length == 0 ? default : JsonElement.Parse(answer));
    }

    /// <summary>The data of a stream of server-sent events, in order.</summary>
    public async IAsyncEnumerable<JsonElement> Watch(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel);
        await Check(response, cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) yield return JsonElement.Parse(line.AsSpan(6));
        }
    }

    static async Task Check(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode) return;
        var text = await response.Content.ReadAsStringAsync(cancel);
        var detail = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && JsonElement.Parse(text).TryGetProperty("detail", out var found)
            ? Problems(text) ?? found.GetString()
            : text;
        throw new QueryException(
            $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {response.ReasonPhrase}. "
                + $"{detail}");
    }

    // A refused scenario lists each problem separately.
    static string? Problems(string text) =>
        !JsonElement.Parse(text).TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array ? null
        : string.Concat(errors.EnumerateArray()
            .Select(e => $"\n  {e.GetProperty("path").GetString()} is {e.GetProperty("value").GetString()}; allowed: "
                + $"{e.GetProperty("allowed").GetString()}"));

    public void Dispose() => http.Dispose();
}

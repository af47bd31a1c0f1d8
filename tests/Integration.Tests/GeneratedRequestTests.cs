using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>
/// Requests generated from the OpenAPI document with extreme and invalid values. None may cause an internal error, and every refusal must
/// be a problem with a reason. <c>POLLUX_GENERATED_REQUESTS=100000 ./pollux test GeneratedRequest</c> sends more.
/// </summary>
public class GeneratedRequestTests(RunningSystem system) : SystemTest<RunningSystem>(system), IClassFixture<RunningSystem>
{
    const int Seed = 20261127, AtOnce = 8;

    static readonly string[] Texts =
    [
        "", "x", "\0", "a\0b", "-1", "0", "1", "999999999999999999999", "1e400", "NaN", "2026-03-01T06:00:00Z", "0001-01-01",
        "9999-12-31T23:59:59Z", "2026-02-30",
        "extrusion-line", "melt-temperature", "gearbox-bearing", "é", "\ud83d\ude00", "'; drop table x; --", "%", "../..", "null", "true",
        "{}", new('a', 500),
    ];

    [Fact]
    public async Task No_generated_request_ends_in_an_internal_error()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("POLLUX_GENERATED_REQUESTS") ?? "2000", CultureInfo.InvariantCulture);
        var document = await Pollux.Get("/openapi/v1.json");
        var operations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Where(o => o.Value is JsonObject { } operation && operation.ContainsKey("responses"))
            .Select(o => (Path: path.Key, Method: o.Key, Operation: o.Value!))).ToList();
        Assert.True(operations.Count > 20);
        var random = new Random(Seed);
        // Generated one by one, so that the seed decides; sent in parallel, as some wait for an effect.
        var requests = Enumerable.Range(0, count).Select(_ => Make(operations[random.Next(operations.Count)], document, random)).ToList();
        List<string> wrong = [];
        await Parallel.ForEachAsync(requests, new ParallelOptions
        {
            MaxDegreeOfParallelism = AtOnce,
            CancellationToken = TestContext.Current.CancellationToken,
        }, async (request, cancel) =>
        {
            using var message = new HttpRequestMessage(new(request.Method.ToUpperInvariant()), request.Uri);
            if (request.Body is { } body) message.Content = new StringContent(body, Encoding.UTF8, "application/json");
            // Streams never end: their headers are enough.
            using var answer = await Pollux.Query.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel);
            var isProblem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
            var isRight = answer.StatusCode switch
            {
                HttpStatusCode.InternalServerError or HttpStatusCode.NotImplemented or HttpStatusCode.BadGateway => false,
                HttpStatusCode.BadRequest or HttpStatusCode.NotFound => isProblem || request.Uri.Contains("%00", StringComparison.Ordinal),
                _ => true,
            };
            if (!isRight)
                lock (wrong) wrong.Add($"{(int)answer.StatusCode} {request.Method} {request.Uri} {request.Body}");
        });
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}:\n{string.Join('\n', wrong.Take(20))}");
    }

    static (string Method, string Uri, string? Body) Make(
        (string Path, string Method, JsonNode Operation) operation, JsonNode document, Random random)
    {
        var uri = operation.Path;
        List<string> query = [];
        foreach (var parameter in operation.Operation["parameters"]?.AsArray() ?? [])
        {
            var (name, place) = ((string)parameter!["name"]!, (string)parameter["in"]!);
            var value = Uri.EscapeDataString(Texts[random.Next(Texts.Length)]);
            // Kestrel itself refuses U+0000 in a path, without a body.
            if (place == "path") uri = uri.Replace($"{{{name}}}", value.Length == 0 ? "x" : value, StringComparison.Ordinal);
            else if (place == "query" && random.Next(2) == 0) query.Add($"{name}={value}");
        }
        if (random.Next(10) == 0) query.Add($"no-such-parameter={random.Next()}");
        var schema = operation.Operation["requestBody"]?["content"]?["application/json"]?["schema"];
        return (operation.Method, query.Count == 0 ? uri : $"{uri}?{string.Join('&', query)}",
            schema is null ? null : Value(schema, document, random, 0)?.ToJsonString() ?? "null");
    }

    static JsonNode? Value(JsonNode schema, JsonNode document, Random random, int depth)
    {
        if ((string?)schema["$ref"] is { } reference)
            schema = document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!;
        if (schema["properties"] is JsonObject properties && depth < 4 && random.Next(8) > 0)
        {
            var made = new JsonObject();
            foreach (var (name, property) in properties)
                if (random.Next(3) > 0) made[name] = Value(property!, document, random, depth + 1);
            if (random.Next(10) == 0) made["noSuchMember"] = 1;
            return made;
        }
        return random.Next(6) switch
        {
            0 => random.Next(-2, 1000),
            1 => 1e308,
            2 => null,
            3 => new JsonArray(),
            _ => Texts[random.Next(Texts.Length)],
        };
    }
}

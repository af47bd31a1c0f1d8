using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fuzz.Decoders;

namespace Fuzz.Requests;

/// <summary>Malformed requests to a running system, which <c>./pollux fuzz requests</c> starts.</summary>
static class FuzzRequests
{
    public const long Count = 100_000;
    const int AtOnce = 8, MostFaults = 40, MostMegabytes = 1000, MostGrowthMegabytes = 400;

    // Of a hundred requests, in this order; the rest goes to gRPC.
    const int ToQuery = 55, ToIngest = 12, ToPlant = 8;

    // The plant has no OpenAPI document.
    const string Plant =
        """
        {"paths":{"/faults":{"get":{"responses":{}}},"/status":{"get":{"responses":{}}},
        "/faults/{name}":{"put":{
          "parameters":[{"name":"name","in":"path","schema":{"enum":["die-blockage","heater-failure","sensor-drift"]}}],
          "requestBody":{"content":{"application/json":{"schema":{"properties":{"severity":{"type":"number"},"ramp":{"type":"string"},
          "seconds":{"type":"number"},"rampSeconds":{"type":"number"}}}}}},"responses":{}},
          "delete":{"parameters":[{"name":"name","in":"path","schema":{"type":"string"}}],"responses":{}}},
        "/operation":{"put":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"screwSpeed":{"type":"number"},
          "screwRpm":{"type":"number"},"feedRate":{"type":"number"},"zones":{"items":{"type":"number"}}}}}}},"responses":{}}},
        "/time-lapse":{"put":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"until":{"format":"date-time"}}}}}},
          "responses":{}}}}}
        """;

    public static async Task<int> Run(FuzzSettings settings)
    {
        var parts = JsonNode.Parse(await Status())!.AsArray().Where(p => (string)p!["kind"]! == "service"
            && p["pid"]?.GetValueKind() == JsonValueKind.Number).ToDictionary(p => (string)p!["name"]!, p => (Url: (string)p!["url"]!,
                Pid: (int)p["pid"]!));
        using var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 4 * AtOnce };
        HttpClient Of(string address) =>
            new(sockets, disposeHandler: false) { BaseAddress = new(address), Timeout = TimeSpan.FromSeconds(30) };
        using var query = Of(parts["query"].Url);
        using var ingest = Of(parts["ingest"].Url);
        using var plant = Of(parts["plant"].Url);
        var port = new Uri(parts["query"].Url).Port + 10;
        using var grpc = Of($"http://127.0.0.1:{port}");
        var ofQuery = new GenerateRequests(JsonNode.Parse(await query.GetStringAsync("/openapi/v1.json"))!);
        var ofIngest = new GenerateRequests(JsonNode.Parse(await ingest.GetStringAsync("/openapi/v1.json"))!);
        var ofPlant = new GenerateRequests(JsonNode.Parse(Plant)!);
        var calls = new GenerateCalls();
        Console.WriteLine($"{ofQuery.Operations + ofIngest.Operations + ofPlant.Operations} operations, {calls.Methods} methods");

        var faults = new Dictionary<string, (int Count, string First)>();
        var answers = new List<double>();
        var (began, sent) = (Stopwatch.GetTimestamp(), 0L);
        Dictionary<string, double> before = [];
        var numbers = settings.Number is { } one ? [one] : Numbers(settings.Count);
        await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancel) =>
        {
            if (Stopwatch.GetElapsedTime(began) > settings.Time || faults.Count >= MostFaults) return;
            var at = Stopwatch.GetTimestamp();
            var choice = number % 100;
            GeneratedRequest request;
            string? wrong;
            try
            {
                if (choice < ToQuery) wrong = await SendRequests.Send(query, request = ofQuery.Make(settings.Seed, number), cancel);
                else if (choice < ToQuery + ToIngest) wrong = await SendRequests.Send(ingest, request = ofIngest.Make(settings.Seed,
                    number), cancel);
                else if (choice < ToQuery + ToIngest + ToPlant) wrong = await SendRequests.Send(plant,
                    request = ofPlant.Make(settings.Seed, number), cancel);
                else wrong = await SendCalls.Send(grpc, request = calls.Make(settings.Seed, number, out var isStream), isStream, cancel);
            }
            catch (Exception e) when (e is OperationCanceledException or UriFormatException or IOException)
            {
                (request, wrong) = (new("?", "?", []), $"{e.GetType().Name}: {e.Message}");
            }
            lock (faults)
            {
                answers.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                // What is allocated for the first requests of each kind stays.
                if (++sent == settings.Count / 10) before = Megabytes(parts);
                if (settings.Number is not null) Console.WriteLine($"{request}: {wrong ?? "right"}");
                if (wrong is null) return;
                var kind = $"{wrong} {request.Method} {request.Target.Split('?')[0]}";
                if (kind.Length > 100) kind = kind[..100];
                faults[kind] = faults.TryGetValue(kind, out var known) ? known with { Count = known.Count + 1 } : (1,
                    $"number {number}: {wrong} {request}");
            }
        });
        foreach (var (count, first) in faults.Values) Console.WriteLine($"{count} x {first}");
        var isGood = faults.Count == 0;
        var after = Megabytes(parts);
        foreach (var (name, (url, _)) in parts)
        {
            using var client = Of(url);
            using var ready = await client.GetAsync("/health/ready");
            var grown = before.TryGetValue(name, out var earlier) ? after[name] - earlier : 0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-12} {ready.StatusCode}, {earlier:N0} to {after[name]:N0} MB"));
            isGood &= ready.StatusCode == HttpStatusCode.OK && after[name] is > 0 and < MostMegabytes && grown < MostGrowthMegabytes;
        }
        answers.Sort();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{answers.Count:N0} requests in {seconds:N0} s ({answers.Count / seconds:N0}/s), p99 "
                + $"{answers[(int)(answers.Count * 0.99)]:N0} ms, longest "
                + $"{answers[^1]:N0} ms, {faults.Count} kinds of faults"));
        return isGood ? 0 : 1;
    }

    static IEnumerable<long> Numbers(long count)
    {
        for (long number = 0; number < count; number++) yield return number;
    }

    // Resident, of the process that was there at the beginning; 0 if it is gone.
    static Dictionary<string, double> Megabytes(Dictionary<string, (string Url, int Pid)> parts) => parts.ToDictionary(p => p.Key, p =>
        File.Exists($"/proc/{p.Value.Pid}/status")
            ? double.Parse(
                File.ReadLines($"/proc/{p.Value.Pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024
            : 0);

    static async Task<string> Status()
    {
        var start = new ProcessStartInfo(Path.Combine(Corpus.Repository, "pollux"), ["status", "--json"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}

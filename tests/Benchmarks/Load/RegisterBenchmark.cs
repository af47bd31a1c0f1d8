using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Benchmarks.Load;

/// <summary>Registering assets one by one, as before lists could be imported, and as a list.</summary>
static class RegisterBenchmark
{
    const int OneByOne = 1_000;
    const int Clients = 8;

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        var many = (int)Math.Max(2_000, 10_000 * settings.Scale);
        Report.Title($"register: {OneByOne} assets one by one, {many:N0} as a list");
        await using var system = await RunningSystem.Start(settings, cancel);
        await system.Register(["bench-first"], cancel);

        List<double> single = [];
        for (var i = 0; i < OneByOne / 5; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await Put(system, $"bench-single-{i}", cancel);
            single.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, OneByOne), new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = cancel },
            async (i, token) => await Put(system, $"bench-put-{i}", token));
        var putRate = OneByOne / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Report.Figure("PUT, one client, p50", Report.Percentile(single, 0.5), "ms", "N1");
        Report.Goal("PUT, one client, p95", Report.Percentile(single, 0.95), "ms", 50, isAtLeast: false, "N1");
        Report.Figure($"PUT, {Clients} clients", putRate, "assets/s");

        var list = new StringBuilder("id,model,name,labels\n");
        for (var i = 0; i < many; i++) list.Append($"bench-list-{i},extrusion-line,Line {i},plant=p{i % 10}\n");
        var listRate = many / await Import(system, list.ToString(), many, "registered", cancel);
        Report.Goal("list", listRate, "assets/s", 1_000, isAtLeast: true, "N0");
        Report.Figure("list / PUT with eight clients", listRate / putRate, "x", "N1");
        Report.Figure("the same list again", many / await Import(system, list.ToString(), many, "unchanged", cancel), "assets/s");
    }

    static async Task Put(RunningSystem system, string assetId, CancellationToken cancel)
    {
        using var answer = await system.Query.PutAsJsonAsync($"/api/v1/assets/{assetId}", new { model = "extrusion-line" }, cancel);
        if (answer.StatusCode != System.Net.HttpStatusCode.OK)
            throw new InvalidOperationException($"{assetId}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}");
    }

    static async Task<double> Import(RunningSystem system, string list, int rows, string outcome, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        using var body = new StringContent(list, Encoding.UTF8, "text/csv");
        using var answer = await system.Query.PostAsync("/api/v1/assets:import", body, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        if (!answer.IsSuccessStatusCode || (int)JsonNode.Parse(text)![outcome]! != rows) throw new InvalidOperationException(text);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}

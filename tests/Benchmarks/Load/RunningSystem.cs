using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Benchmarks.Load;

/// <summary>The whole system, started by <c>./pollux up --no-plant</c> on the benchmark's own servers.</summary>
sealed class RunningSystem(Settings settings, string? models = null) : IAsyncDisposable
{
    public HttpClient Query { get; private set; } = new();

    public string IngestAddress { get; private set; } = "";

    public string GrpcAddress { get; private set; } = "";

    /// <summary>HTTP addresses by service.</summary>
    public Dictionary<string, string> Addresses { get; } = [];

    /// <summary>Process ids by service and server.</summary>
    public Dictionary<string, int> Processes { get; } = [];

    /// <summary>Starts the system with empty data, so that leftovers of other benchmarks are not measured.</summary>
    /// <param name="settings">Servers and amounts.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="replicas">Of ingest and twin-state.</param>
    /// <param name="models">Folder of the asset models; null: those that are shipped.</param>
    public static async Task<RunningSystem> Start(
        Settings settings, CancellationToken cancel, int replicas = 1, string? models = null)
    {
        var system = new RunningSystem(settings, models);
        await system.Pollux(["down", "--data"], cancel);
        await system.Up(replicas, cancel);
        return system;
    }

    /// <summary>Stops everything and starts it again with its data; returns the seconds that starting took, servers included.</summary>
    public async Task<double> Restart(CancellationToken cancel)
    {
        await Pollux(["down"], cancel);
        var began = Stopwatch.GetTimestamp();
        await Up(replicas: 1, cancel);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Starts further replicas of the services that share assets.</summary>
    public Task Grow(int replicas, CancellationToken cancel) => Up(replicas, cancel);

    async Task Up(int replicas, CancellationToken cancel)
    {
        await Pollux(["up", "--no-plant", "--replicas", $"{replicas}"], cancel);
        var status = JsonNode.Parse(await Pollux(["status", "--json"], cancel))!;
        foreach (var part in status.AsArray())
        {
            var (name, url) = ((string)part!["name"]!, (string?)part["url"]);
            if (part["pid"]?.GetValueKind() == JsonValueKind.Number) Processes[name] = (int)part["pid"]!;
            if (name == "ingest") IngestAddress = new Uri(url!).GetLeftPart(UriPartial.Authority);
            if (url?.StartsWith("http", StringComparison.Ordinal) == true)
                Addresses[name] = new Uri(url).GetLeftPart(UriPartial.Authority);
            if (name == "query") Query = new HttpClient { BaseAddress = new Uri(new Uri(url!).GetLeftPart(UriPartial.Authority)) };
        }
        var offset = int.Parse(
            Environment.GetEnvironmentVariable("POLLUX_PORT_OFFSET") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        GrpcAddress = $"http://127.0.0.1:{5110 + offset}";
    }

    async Task<string> Pollux(string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Path.Combine(settings.Repository, "pollux"), arguments) { RedirectStandardOutput = true };
        start.Environment["POLLUX_NO_BUILD"] = "1";
        start.Environment["POLLUX_REPLICATED"] = "ingest twin-state";
        // What telemetry costs; 'bench estimation' measures what the physics of an extruder adds.
        start.Environment["TwinState__Estimates"] = "false";
        if (models is not null) start.Environment["Assets__Directory"] = models;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"pollux {string.Join(' ', arguments)} failed:\n{output}");
    }

    public async Task Register(IEnumerable<string> assetIds, CancellationToken cancel, string model = "extrusion-line")
    {
        var list = $"id,model\n{string.Concat(assetIds.Select(id => $"{id},{model}\n"))}";
        for (var attempt = 1; ; attempt++)
        {
            using var body = new StringContent(list, System.Text.Encoding.UTF8, "text/csv");
            using var answer = await Query.PostAsync("/api/v1/assets:import", body, cancel);
            var text = await answer.Content.ReadAsStringAsync(cancel);
            if (answer.IsSuccessStatusCode && (int)JsonNode.Parse(text)!["rejected"]! == 0) break;
            if (attempt == 20) throw new InvalidOperationException($"The assets could not be registered: {text}");
            // During the first seconds, the shipped models are still being registered.
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancel);
        }
        // Ingest reads new registrations once a second.
        await Task.Delay(TimeSpan.FromSeconds(2.5), cancel);
    }

    /// <summary>Number of readings folded into all twins whose id starts with a prefix.</summary>
    public Task<long> ReadingsFolded(string prefix, CancellationToken cancel) => ReadingsFolded(Query, prefix, cancel);

    /// <summary>The same, as a certain query has it.</summary>
    public static async Task<long> ReadingsFolded(HttpClient query, string prefix, CancellationToken cancel)
    {
        long readings = 0;
        var cursor = "";
        do
        {
            var page = await query.GetFromJsonAsync<JsonObject>(
                $"/api/v1/twins?limit=500&search={prefix}{(cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : "")}", cancel);
            foreach (var twin in page!["items"]!.AsArray())
                readings += ((string)twin!["assetId"]!).StartsWith(prefix, StringComparison.Ordinal) ? (long)twin["readings"]! : 0;
            cursor = (string?)page["nextCursor"] ?? "";
        }
        while (cursor.Length > 0);
        return readings;
    }

    /// <summary>Resident memory, and the proportional set size: private memory plus the process's share of mapped libraries.</summary>
    public (double Resident, double Proportional) Megabytes(string part)
    {
        var lines = File.ReadLines($"/proc/{Processes[part]}/smaps_rollup").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToLookup(l => l[0], l => l[1]);
        double Of(string name) => double.Parse(lines[name].First(), System.Globalization.CultureInfo.InvariantCulture) / 1024;
        return (Of("Rss:"), Of("Pss:"));
    }

    /// <summary>Managed heap of a service after its last garbage collection.</summary>
    public async Task<double> HeapMegabytes(string service, CancellationToken cancel) =>
        await Metric(service, "dotnet_gc_last_collection_heap_size_bytes", cancel) / (1 << 20);

    /// <summary>A metric of a service's replica, summed over its series.</summary>
    public async Task<double> Metric(string replica, string metric, CancellationToken cancel) =>
        (await Query.GetStringAsync($"{Addresses[replica]}/metrics", cancel)).Split('\n')
            .Where(l => l.StartsWith(metric, StringComparison.Ordinal) && l[metric.Length] is '{' or ' ')
            .Sum(l => double.Parse(
                l[(l[metric.Length] is '{' ? l.LastIndexOf('}') + 1 : metric.Length)..].Trim().Split(' ')[0],
                System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>CPU seconds used so far by a part and its child processes.</summary>
    public double CpuSeconds(string part) => Tree(Processes[part]).Sum(Cpu);

    static double Cpu(int pid)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // Including terminated children: PostgreSQL ends a process with each connection.
            return fields[11..15].Sum(f => double.Parse(f, System.Globalization.CultureInfo.InvariantCulture)) / 100;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    static IEnumerable<int> Tree(int root)
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _))
            .Select(n => int.Parse(n!, System.Globalization.CultureInfo.InvariantCulture))
            .ToDictionary(pid => pid, Parent);
        for (var level = new List<int>
        {
            root,
        }; level.Count > 0; level = [.. parents.Where(p => level.Contains(p.Value)).Select(p => p.Key)])
            foreach (var pid in level) yield return pid;
    }

    static int Parent(int pid)
    {
        try
        {
            return int.Parse(
                File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return -1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Query.Dispose();
        await Pollux(["down"], CancellationToken.None);
    }
}

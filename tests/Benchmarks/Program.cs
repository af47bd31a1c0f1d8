using Benchmarks;
using Benchmarks.Load;

if (args is ["bare", var file, var contentType, var port])
    return await BareEndpoint.Serve(file, contentType, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
// Benchmarks that need no servers and therefore no server settings.
var pure = new Dictionary<string, Func<string, CancellationToken, Task>>
{
    ["simulation"] = SimulationBenchmark.Run,
    ["decision"] = DecisionBenchmark.Run,
    ["prognostics"] = (repository, cancel) => PrognosticsBenchmark.Run(repository, args[1..], cancel),
    ["estimation"] = EstimationBenchmark.Run,
    ["fidelity"] = (repository, cancel) => FidelityBenchmark.Run(repository, args[1..], cancel),
    ["calibration"] = (repository, cancel) => FidelityBenchmark.Calibrated(repository, args[1..], cancel),
    ["attribution"] = AttributionBenchmark.Run,
};
if (args is [var first, ..] && pure.TryGetValue(first, out var run))
{
    await run(Settings.FindRepository(), stop.Token);
    return 0;
}

// Each benchmark prints its baseline, its figures and their ratios from the same run.
var benchmarks = new Dictionary<string, Func<Settings, CancellationToken, Task>>
{
    ["ingest"] = IngestBenchmark.Run,
    ["query"] = QueryBenchmark.Run,
    // Parts of ingest.
    ["storage"] = StorageBenchmark.Run,
    ["path"] = IngestBenchmark.Path,
    ["verify"] = VerifyBenchmark.Run,
    ["archive"] = ArchiveBenchmark.Run,
    ["replay"] = ReplayBenchmark.Run,
    ["latency"] = Latency.Run,
    ["flood"] = Latency.Flood,
    ["memory"] = Memory.Run,
    ["twin-state"] = TwinStateBenchmark.Run,
    ["scale"] = ScaleBenchmark.Run,
    ["register"] = RegisterBenchmark.Run,
    ["fleet"] = FleetBenchmark.Run,
    ["dashboard"] = DashboardBenchmark.Run,
};
var name = args.FirstOrDefault() ?? "";
if (!benchmarks.ContainsKey(name) && name.Length > 0 && name != "all")
{
    Console.Error.WriteLine($"There is no benchmark '{name}'; there are: {string.Join(", ", benchmarks.Keys.Concat(pure.Keys))}, all.");
    return 2;
}
foreach (var benchmark in benchmarks.Where(b => name is "" or "all" ? b.Key is "ingest" or "query" : b.Key == name))
    await benchmark.Value(Settings.FromEnvironment(args.Skip(1)), stop.Token);
return 0;

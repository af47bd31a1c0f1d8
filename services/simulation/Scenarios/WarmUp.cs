using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>Computes a small scenario of every model at startup, so that the first question does not wait for JIT compilation.</summary>
sealed partial class WarmUp(AssetRegistry registry, TimeProvider time, ILogger<WarmUp> logger) : BackgroundService
{
    // The API's default, so that the model is compiled for the most common number of cells.
    const int Cells = 100;

    // Models are known only once the log has been read, and the log may be unavailable at startup.
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        HashSet<string> done = [];
        using var timer = new PeriodicTimer(LookEvery, time);
        do
        {
            try
            {
                await registry.Refresh(cancel);
                foreach (var asset in registry.All)
                {
                    if (asset.Model.Physics is null || !done.Add(asset.Model.Hash)) continue;
                    await Task.Factory.StartNew(
                        () => Compute(asset.Model, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                }
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotWarm(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    void Compute(AssetModel model, CancellationToken cancel)
    {
        foreach (var horizon in new[] { 0.0, 60 })
        {
            var plan = new ScenarioPlan(
                model,
                new(model.Id, time.GetUtcNow(), 0, horizon == 0 ? "steady" : "transient", horizon, [], 2, "latin-hypercube", 1, 1e-4,
                    "rodas3", Math.Min(Cells, model.Physics!.Axis.Cells), []),
                RecordedInputs.None);
            plan.Merge([.. Enumerable.Range(0, plan.Shards).Select(shard => plan.RunShard(shard, null, cancel))]);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Warm-up failed, so the first question will take longer: {Reason}")]
    partial void LogNotWarm(string reason);
}

using System.Globalization;
using Microsoft.Extensions.Options;

namespace Simulation.Scenarios;

/// <summary>Fails scenarios that take too long, whatever happened to the processes working on them.</summary>
sealed partial class KeepTimeLimits(
    ScenarioStore store, IOptions<SimulationSettings> settings, TimeProvider time, ILogger<KeepTimeLimits> logger) : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"Not finished within {settings.Value.TimeLimitSeconds} s (setting Simulation:TimeLimitSeconds); ask for fewer members, cells "
                + $"or points, or a shorter horizon.");
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                foreach (var id in await store.Overdue(cancel))
                    await store.Change(id, known => FailScenario.Decide(known, "time-limit", reason, time.GetUtcNow()), cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotNow(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Time limits could not be enforced: {Reason}")]
    partial void LogNotNow(string reason);
}

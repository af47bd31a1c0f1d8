using Contracts.Messages;
using MassTransit;
using TwinModel.Decisions;

namespace Simulation.Decisions;

/// <summary>Looks up in the log what happened to the parts of open decisions.</summary>
sealed class FindOutcomes(DecisionStore store)
{
    public async Task Run(string? assetId, string? component, CancellationToken cancel)
    {
        foreach (var asset in (await store.Open(assetId, component, cancel)).GroupBy(d => d.AssetId))
        {
            var records = await store.Maintenance(asset.Key, cancel);
            foreach (var decision in asset.Where(d => FoldDecision.Observe(d, records).Count > 0))
                await store.Change(decision.Id, known => known is null ? [] : FoldDecision.Observe(known, records), cancel);
        }
    }
}

/// <summary>Looks for outcomes as soon as a maintenance record has been made.</summary>
sealed class ObserveOutcomesConsumer(FindOutcomes observe) : IConsumer<ObserveOutcomes>
{
    public Task Consume(ConsumeContext<ObserveOutcomes> context) =>
        observe.Run(context.Message.AssetId, context.Message.Component, context.CancellationToken);
}

/// <summary>Looks for outcomes every 5 minutes, because a message about a record may be lost.</summary>
sealed partial class KeepObserving(FindOutcomes observe, TimeProvider time, ILogger<KeepObserving> logger) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await observe.Run(null, null, stoppingToken);
            }
            catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException or JasperFx.ConcurrencyException)
            {
                LogNotObserved(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not look for the outcomes of decisions: {Reason}")]
    partial void LogNotObserved(string reason);
}

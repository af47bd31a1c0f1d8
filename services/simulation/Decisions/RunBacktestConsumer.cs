using Contracts.Events;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using Simulation.Scenarios;
using TwinModel.Decisions;
using TwinModel.Telemetry;

namespace Simulation.Decisions;

/// <summary>Tests settings against the log, read-only.</summary>
sealed class RunBacktestConsumer(DecisionStore store, FindModel models, FindTelemetry telemetry, LogReader log) : IConsumer<RunBacktest>
{
    const long MostReadings = 50_000_000;

    public async Task Consume(ConsumeContext<RunBacktest> context) =>
        await context.RespondAsync(await Run(context.Message, context.CancellationToken));

    async Task<BacktestFinished> Run(RunBacktest request, CancellationToken cancel)
    {
        var d = request.Definition;
        var model = await models.Run(d.AssetId, request.ModelHash, cancel);
        if (model.Degradations.All(p => p.Component != d.Component))
            return new(null, new("invalid", "component", "a part whose wear the model describes", d.Component));
        if (BacktestRules.Check(d) is { } problem)
            return new(null, new("invalid", problem.Path, problem.Allowed, DecideMaintenanceConsumer.Shown(problem.Value)));
        var records = (await store.Maintenance(d.AssetId, cancel))
            .Select(e => e switch
            {
                ComponentReplaced r when r.Component == d.Component => (r.ReplacedAt, false),
                FailureOccurred f when f.Component == d.Component => (f.FailedAt, true),
                _ => default((DateTimeOffset At, bool Failed)?)
            })
            .OfType<(DateTimeOffset At, bool Failed)>().ToList();
        List<DateTimeOffset> lives = [.. records.Select(r => r.At)];
        var test = new Backtest(model, d, lives);
        var (first, last, count) = (Micros.From(d.From), Micros.From(d.To), 0L);
        List<Reading> readings = [];
        var corrections = await log.CorrectionsOf(d.AssetId, model, d.KnownAt, cancel);
        var (_, streams) = await telemetry.Since(d.AssetId, d.From, cancel);
        await foreach (var batch in log.UpTo(streams, d.KnownAt, corrections, cancel))
        {
            var range = TelemetryCodec.SampleRange(batch.Batch);
            if (range.Last < first || range.First > last) continue;
            readings.Clear();
            TelemetryCodec.Decode(batch.Batch, readings);
            if ((count += readings.Count) > MostReadings)
                return new(null, new("invalid", "from", $"a time after which there are at most {MostReadings} readings", $"{d.From:O}"));
            test.Step(readings);
        }
        return count == 0
            ? new(null, new("not-possible", "",
                FormattableString.Invariant($"The log holds no readings of {d.AssetId} from {d.From:O} to {d.To:O}.")))
            : new(test.Result([.. records.Where(r => r.Failed).Select(r => r.At)], lives), null);
    }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Contracts.Decisions;
using Contracts.Messages;
using Query.Api;
using Query.Health;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Decisions;

namespace Query.Decisions;

/// <summary>Detector settings to try on past data.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record BacktestRequest(
    [property: Description("Asset id.")] string? Asset,
    [property: Description("A component whose degradation the model describes.")] string? Component,
    [property: Description("First sample time, from 1970.")] DateTimeOffset? From,
    [property: Description("Last sample time, up to now; default now.")] DateTimeOffset? To = null,
    [property: Description("Overrides of the model's settings.")] BacktestSettings? Settings = null);

/// <summary>Overrides of the model's settings.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record BacktestSettings(
    [property: Description("Slack k of the chart, in standard deviations."), Range(0.01, 5.0)] double? Slack = null,
    [property: Description("Limit h of the chart, in standard deviations."), Range(0.1, 100.0)] double? Limit = null,
    [property: Description("Number of medians in the baseline, 10 to 100000."), Range(10, 100_000)] int? BaselineCount = null,
    [property: Description("Consecutive medians at or above the critical value that make the level critical; "
        + "six times as many below 90 % of it end that.")]
    [property: Range(1, 1000)] int? ConfirmCount = null,
    [property: Description("Width of a median's window."), Range(0.1, 604_800.0)] double? WindowSeconds = null,
    [property: Description("Critical value in the indicator's unit."), Range(1e-9, 1e9)] double? CriticalValue = null);

/// <summary>Computes what other detector settings would have done in the past.</summary>
sealed class RunBacktestEndpoint(
    KnownAssets registry, LogReader log, AskSimulation simulation, ScenarioQuota quota, TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/backtests", (BacktestRequest body, RunBacktestEndpoint run, CancellationToken cancel) => run.Run(body, cancel))
        .RequireRateLimiting(ApiSetup.Expensive)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithTags("Decisions").WithName("runBacktest")
        .WithSummary("Try a detector's settings on recorded data: alarms, lead times, false alarms")
        .WithDescription("Replays the log through the live twin's detector with other settings. Changes nothing.");

    public async Task<BacktestResult> Run(BacktestRequest body, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(body.Asset)) throw new InvalidInputException("asset", null, "the id of a registered asset");
        var asset = registry.FindOrExplain(body.Asset)
            ?? throw new InvalidInputException("asset", body.Asset, "the id of a registered asset");
        var part = WornPart.Check(asset.Model, body.Component, "component");
        var now = time.GetUtcNow();
        var to = body.To is { } last ? Input.Past("to", last, now) : now;
        var from = Input.Past("from", body.From ?? throw new InvalidInputException("from", null, Input.AllowedTime), now);
        var s = body.Settings ?? new();
        var definition = new BacktestDefinition(
            body.Asset, part.Component, from, to, await log.Position(cancel), s.Slack, s.Limit, s.BaselineCount, s.ConfirmCount,
            s.WindowSeconds, s.CriticalValue);
        if (BacktestRules.Check(definition) is { } problem) throw new InvalidInputException(problem.Path, problem.Value, problem.Allowed);
        Backtest.With(part, definition);
        var answer = await quota.Take(
            asset, () => simulation.Ask<RunBacktest, BacktestFinished>(
                QueueNames.Decisions, new(asset.Model.Hash, definition), cancel, Patience), cancel);
        return answer.Refusal is { } refusal ? throw AskSimulation.Refuse(refusal, "decision", body.Asset) : answer.Result!;
    }
}

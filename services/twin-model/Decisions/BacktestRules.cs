using Contracts.Decisions;
using TwinModel.ConditionMonitoring;

namespace TwinModel.Decisions;

/// <summary>Validates a backtest.</summary>
public static class BacktestRules
{
    /// <summary>Earliest sample time that imports accept.</summary>
    public static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <summary>The first invalid input; null when all are valid.</summary>
    public static DecisionProblem? Check(BacktestDefinition d) =>
        (d.From < Earliest ? new DecisionProblem("from", $"{d.From:O}", $"a time from {Earliest:O}") : null)
        ?? (d.From >= d.To ? new DecisionProblem("from", $"{d.From:O}", $"a time before 'to' ({d.To:O})") : null)
        ?? Outside("settings.slack", d.Slack, 0.01, 5)
        ?? Outside("settings.limit", d.Limit, 0.1, 100)
        ?? Outside("settings.baselineCount", d.BaselineCount, Baseline.LeastCount, 100_000)
        ?? Outside("settings.confirmCount", d.ConfirmCount, 1, 1000)
        ?? Outside("settings.windowSeconds", d.WindowSeconds, 0.1, 604_800)
        ?? Outside("settings.criticalValue", d.CriticalValue, 1e-9, 1e9);

    static DecisionProblem? Outside(string path, double? value, double low, double high) =>
        value is { } given ? DecisionRules.Outside(path, given, low, high) : null;
}

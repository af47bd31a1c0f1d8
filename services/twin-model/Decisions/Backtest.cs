using Contracts.Decisions;
using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Health;
using TwinModel.Prognostics;
using TwinModel.Telemetry;

namespace TwinModel.Decisions;

/// <summary>
/// Tries a detector's settings on recorded readings, with the same fold that runs live. Readings must be in log order.
/// </summary>
public sealed class Backtest
{
    readonly BacktestDefinition definition;
    readonly AssetHealth health;
    readonly PartHealth part;
    readonly List<PartTransition> transitions = [];
    readonly long first, last;
    readonly List<Reading> inside = [];

    /// <summary>A backtest without any readings yet.</summary>
    /// <param name="model">The asset's model.</param>
    /// <param name="definition">Settings to try.</param>
    /// <param name="lives">Recorded replacements and failures.</param>
    /// <exception cref="ArgumentException">The settings are invalid: names the field, its value and what is allowed.</exception>
    public Backtest(AssetModel model, BacktestDefinition definition, IEnumerable<DateTimeOffset> lives)
    {
        var tried = With(model.Degradations.Single(d => d.Component == definition.Component), definition);
        (this.definition, health) = (definition, new(model));
        part = new(tried);
        health.Replace(part);
        (first, last) = (Micros.From(definition.From), Micros.From(definition.To));
        foreach (var at in lives.Where(l => l >= definition.From && l <= definition.To)) part.BeginLife(at);
    }

    /// <summary>The model's degradation entry with the settings to try.</summary>
    public static Degradation With(Degradation d, BacktestDefinition b)
    {
        var condition = d.Condition with
        {
            Cusum = d.Condition.Cusum with { Slack = b.Slack ?? d.Condition.Cusum.Slack, Limit = b.Limit ?? d.Condition.Cusum.Limit },
            BaselineCount = b.BaselineCount ?? d.Condition.BaselineCount,
            ConfirmCount = b.ConfirmCount ?? d.Condition.ConfirmCount,
            CriticalValue = b.CriticalValue ?? d.Condition.CriticalValue,
            Window = b.WindowSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : d.Condition.Window,
        };
        condition.Validate();
        return d with { Condition = condition, Late = b.WindowSeconds is null ? d.Late : condition.Window };
    }

    /// <summary>Processes the readings of one event; those outside the tested period are left out.</summary>
    public void Step(IEnumerable<Reading> readings)
    {
        inside.Clear();
        inside.AddRange(readings.Where(r => r.SampledAt >= first && r.SampledAt <= last));
        foreach (var reading in inside) part.Take(reading);
        part.Settle(0, transitions, []);
    }

    /// <summary>How the settings would have performed.</summary>
    /// <param name="failures">Recorded failures.</param>
    /// <param name="lives">Recorded replacements and failures.</param>
    public BacktestResult Result(IReadOnlyCollection<DateTimeOffset> failures, IReadOnlyCollection<DateTimeOffset> lives)
    {
        List<BacktestAlarm> alarms = [];
        for (var i = 0; i < transitions.Count; i++)
        {
            var t = transitions[i].Transition;
            if (t.To is not (ConditionLevel.Degrading or ConditionLevel.Critical) || t.From >= t.To) continue;
            // A false alarm if it cleared before any maintenance.
            var endOfLife = lives.Where(l => l >= t.At).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
            var isFalse = transitions.Skip(i + 1)
                .Any(n => n.Transition.To == ConditionLevel.Healthy && n.Transition.From != ConditionLevel.Learning
                    && n.Transition.At < endOfLife);
            alarms.Add(new(t.To.Word(), t.At, t.Evidence.ChangedAfter, t.Evidence.Value, isFalse));
        }
        List<BacktestFailure> failed = [];
        foreach (var at in failures.Where(f => f >= definition.From && f <= definition.To).Order())
        {
            var began = lives.Where(l => l < at).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
            var before = alarms.Where(a => !a.IsFalse && a.At > began && a.At <= at).Select(a => (DateTimeOffset?)a.At).Min();
            failed.Add(new(at, before is { } alarm ? (at - alarm).TotalDays : null));
        }
        var prognosis = part.History is { } history && part.State.Level is not ConditionLevel.Learning
            ? AssessRul.Of(part.Degradation.Rul, history)
            : null;
        var median = prognosis is Prognosis.Rul rul ? rul.Life.Quantile(0.5) : double.NaN;
        return new(
            definition, part.Windows, part.LateReadings, part.UnusableWindows, alarms, failed, alarms.Count(a => a.IsFalse),
            failed.Count(f => f.LeadDays is null),
            part.Degradation.Condition.MeanTimeBetweenFalseAlarms.TotalDays, part.State.Level.Word(),
            double.IsFinite(median) ? median : null);
    }
}

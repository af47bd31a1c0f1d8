using System.Globalization;
using Contracts.Decisions;
using Contracts.Events;
using Contracts.Health;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using Simulation.Scenarios;
using TwinModel.Assets;
using TwinModel.ConditionMonitoring;
using TwinModel.Decisions;
using TwinModel.Health;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace Simulation.Decisions;

/// <summary>The basis of an answer: the remaining life and where it comes from.</summary>
/// <param name="Prognosis">Null if the question states the remaining life itself.</param>
/// <param name="NowDays">Current time on the trend's clock, in days.</param>
/// <param name="Position">Log position of the newest reading used.</param>
/// <param name="Stated">The prognosis in displayable form; null if the question states the remaining life itself.</param>
/// <param name="Warnings">Reservations that the reader must know.</param>
sealed record Basis(Prognosis? Prognosis, double NowDays, long Position, RulView? Stated, IReadOnlyList<string> Warnings);

/// <summary>Answers a maintenance question from the part's condition in the log, and stores question and answer.</summary>
sealed class DecideMaintenanceConsumer(DecisionStore store, FindModel models, TimeProvider time) : IConsumer<DecideMaintenance>
{
    public async Task Consume(ConsumeContext<DecideMaintenance> context) =>
        await context.RespondAsync(await Answer(context.Message, context.SentBy(), context.CancellationToken));

    // The decision, or the reason why there is none.
    async Task<MaintenanceDecided> Answer(DecideMaintenance request, Caller caller, CancellationToken cancel)
    {
        var d = request.Definition;
        var model = await models.Run(d.AssetId, request.ModelHash, cancel);
        if (model.Degradations.FirstOrDefault(p => p.Component == d.Component) is not { } part)
            return Refused("invalid", "component", "a part whose wear the model describes", d.Component);
        if (DecisionRules.Check(part, d) is { } problem) return Refused("invalid", problem.Path, problem.Allowed, Shown(problem.Value));
        var (basis, refusal) = d.RemainingLife is null ? await BasisOf(part, d, cancel) : (new Basis(null, 0, 0, null, []), null);
        if (basis is null) return Refused("not-possible", "", refusal!);
        if (basis.Prognosis is Prognosis.CannotSayYet cannot)
            return Refused("not-possible", "",
                $"The remaining life cannot be estimated yet, so no option can be preferred. {cannot.Reason}");
        using var activity = Measures.Traces.StartActivity("decide maintenance");
        activity?.SetTag("pollux.asset", d.AssetId).SetTag("pollux.decision", request.DecisionId);
        var answer = RankOptions.Answer(DecisionSetup.Question(part, d, basis.Prognosis, basis.NowDays, Environment.ProcessorCount));
        if (answer is not MaintenanceAnswer.Advice advice) return Refused("not-possible", "", ((MaintenanceAnswer.NoAnswer)answer).Reason);
        var recommended = new DecisionRecommended(
            request.DecisionId, d.AssetId, d.Component, d, request.ModelHash, basis.Position, basis.Stated,
            DecisionSetup.Answer(d, advice, basis.Warnings), time.GetUtcNow());
        // A redelivered request has already been answered.
        return new(await store.Change(request.DecisionId, known => known is null ? [recommended] : [], cancel, caller), null);
    }

    async Task<(Basis? Basis, string? Refusal)> BasisOf(Degradation part, DecisionDefinition d, CancellationToken cancel)
    {
        var health = await store.Health(d.AssetId, d.Component, cancel);
        if (health?.History is null || health.At is not { } newest)
        {
            var untold = AssessRul.Of(part.Rul, new(ConditionLevel.Learning, null, 0, 0, []));
            return (new(untold, 0, 0, Stated(part, d, untold, ConditionLevel.Learning, 0, d.At, 0),
                ["The part has no vibration history: the answer is based only on the life of the fleet, and assumes a new part."]),
                    null);
        }
        if (d.At < newest && await store.AssessedBy(d.AssetId, d.Component, d.At, cancel) is { } past) return OfPast(past, d.At);
        if (d.At < newest - part.AssessEvery)
            return (null, FormattableString.Invariant(
                $"There is no assessment of {d.Component} at or before {d.At:O}; its history begins at {health.LifeFrom:O}."));
        var later = Math.Max(0, (d.At - newest).TotalDays);
        var level = Prognoses.Level(health.Level);
        var history = Prognoses.History(health.History, level, later);
        var prognosis = AssessRul.Of(part.Rul, history);
        List<string> warnings = [];
        if (level == ConditionLevel.Learning)
            warnings.Add("The baseline of the part is not complete: the answer is based only on the life of the fleet.");
        if (level == ConditionLevel.Critical) warnings.Add("The part is beyond its critical level: it may fail at any time.");
        if (later > Math.Max(1, 10 * part.Condition.Window.TotalDays))
            warnings.Add(FormattableString.Invariant($"The newest window of readings of the part is {later:0.#} days old."));
        return (new(prognosis, history.NowDays, health.Position, Stated(part, d, prognosis, level, history.AgeDays, d.At, health.Position),
            warnings), null);
    }

    // As assessed at that time, without later knowledge.
    static (Basis?, string?) OfPast(HealthAssessed past, DateTimeOffset at) => Prognoses.Life(past) is { } life
        ? (new(new Prognosis.Rul(life, [.. past.Models.Select(m => new ModelWeight(m.Model, m.Weight))]), 0, past.Position,
            Prognoses.View(past),
            [string.Create(
                CultureInfo.InvariantCulture,
                $"The remaining life is that of the assessment of {past.AssessedAt:O}, {(at - past.AssessedAt).TotalDays:0.##} days "
                    + $"before the decision.")]), null)
        : (null, $"The remaining life could not be estimated then. {past.CannotSay}");

    static RulView Stated(
        Degradation part, DecisionDefinition d, Prognosis prognosis, ConditionLevel level, double age, DateTimeOffset at, long position) =>
        Prognoses.View(Prognoses.Event(d.AssetId, new(part.Component, at, position, new(level, null, age, 0, [])), prognosis));

    internal static MaintenanceDecided Refused(string kind, string field, string message, string? value = null) =>
        new(null, new(kind, field, message, value));

    internal static string? Shown(object? value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
}

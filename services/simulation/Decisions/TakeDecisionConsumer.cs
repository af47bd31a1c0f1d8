using Contracts.Decisions;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using TwinModel.Decisions;

namespace Simulation.Decisions;

/// <summary>Records the option that somebody chose.</summary>
sealed class TakeDecisionConsumer(DecisionStore store, TimeProvider time) : IConsumer<TakeDecision>
{
    public async Task Consume(ConsumeContext<TakeDecision> context)
    {
        var m = context.Message;
        Refusal? refusal = null;
        var decision = await store.Change(m.DecisionId, Decide, context.CancellationToken, context.SentBy());
        if (decision is null) refusal = new("not-found", "", m.DecisionId);
        await context.RespondAsync(new MaintenanceDecided(refusal is null ? decision : null, refusal));

        IReadOnlyList<object> Decide(DecisionView? known)
        {
            if (known is null) return [];
            if (known.Answer.Options.All(o => o.Name != m.Option))
            {
                refusal = new("invalid", "option", string.Join(", ", known.Answer.Options.Select(o => o.Name)), m.Option);
                return [];
            }
            try
            {
                return FoldDecision.Take(known, m.Option, m.TakenBy, m.Comment, time.GetUtcNow());
            }
            catch (InvalidOperationException e)
            {
                refusal = new("not-possible", "", e.Message);
                return [];
            }
        }
    }
}

using Contracts.Decisions;
using Contracts.Messages;
using Query.Api;

namespace Query.Decisions;

/// <summary>Requests to simulation that answer with a decision.</summary>
static class AskAboutDecision
{
    /// <exception cref="ArgumentException">The request was refused; see <see cref="AskSimulation.Refuse"/>.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public static async Task<DecisionView> Decide<T>(this AskSimulation simulation, T request, string id, CancellationToken cancel)
        where T : class
    {
        var answer = await simulation.Ask<T, MaintenanceDecided>(QueueNames.Decisions, request, cancel);
        return answer.Refusal is { } refusal ? throw AskSimulation.Refuse(refusal, "decision", id) : answer.Decision!;
    }
}

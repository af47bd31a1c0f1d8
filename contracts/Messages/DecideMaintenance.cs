using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>
/// Request: answer a maintenance question. Sent by query, answered by one simulation with <see cref="MaintenanceDecided"/>. Repeating it is
/// harmless.
/// </summary>
/// <param name="DecisionId">UUID version 7, chosen by the sender.</param>
/// <param name="ModelHash">The version of the model against which the definition was checked.</param>
/// <param name="Definition">The question.</param>
public sealed record DecideMaintenance(string DecisionId, string ModelHash, DecisionDefinition Definition);

using Contracts.Decisions;

namespace Contracts.Messages;

/// <summary>
/// Request: answer a maintenance question. Sent by query, answered by one simulation with <see cref="MaintenanceDecided"/>. Idempotent.
/// </summary>
/// <param name="DecisionId">UUID version 7, chosen by the sender.</param>
/// <param name="ModelHash">SHA-256 of the model that the definition was validated against.</param>
/// <param name="Definition">The question.</param>
public sealed record DecideMaintenance(string DecisionId, string ModelHash, DecisionDefinition Definition);

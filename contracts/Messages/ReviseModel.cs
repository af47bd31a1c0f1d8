using System.Text.Json.Serialization;

namespace Contracts.Messages;

/// <summary>
/// Request: put a version of a model in force. Sent by query, answered by any twin-state with <see cref="ModelAnswered"/>. Idempotent. It
/// moves no asset; <see cref="RegisterAssets"/> does.
/// </summary>
/// <param name="ModelYaml">The whole model, as in a file <c>*.asset.yaml</c>.</param>
/// <param name="Tenant">The tenant of who asks; null: none.</param>
public sealed record ReviseModel(
    string ModelYaml, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant = null);

/// <summary>Answer to <see cref="ReviseModel"/>: unless it was refused, the version is in force.</summary>
/// <param name="Refusal">Why a rule forbids it; null otherwise.</param>
/// <param name="Position">Log position of the event; 0 if the same text was in force already.</param>
public sealed record ModelAnswered(string? Refusal, long Position);

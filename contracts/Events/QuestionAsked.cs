using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>
/// An auditor asked about the past, or looked into the log. Who it was, from where and in which trace, the headers of the event say. In
/// stream <c>questions/{yyyy-MM-dd}</c>. Written by twin-state, at least once for each question.
/// </summary>
/// <param name="QuestionId">Identity of the question.</param>
/// <param name="Tenant">The tenant of who asked; null: none.</param>
/// <param name="Operation">Name of the operation, as in the API reference.</param>
/// <param name="Question">Path and query of REST, or the request of gRPC in JSON; at most 2000 characters.</param>
/// <param name="AskedAt">When, by query's clock.</param>
public sealed record QuestionAsked(
    string QuestionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant,
    string Operation,
    string Question,
    DateTimeOffset AskedAt)
{
    /// <summary>Most characters of a question that are kept.</summary>
    public const int LongestQuestion = 2000;
}

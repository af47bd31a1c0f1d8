using Contracts.Events;

namespace Contracts.Messages;

/// <summary>Command: record that an auditor asked something. Sent by query before it answers, taken by any twin-state.</summary>
/// <param name="Question">The event.</param>
public sealed record RecordQuestion(QuestionAsked Question);

using Contracts.Health;

namespace Contracts.Decisions;

/// <summary>A decision and where it is in its life, as APIs show it.</summary>
/// <param name="Id">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The worn part.</param>
/// <param name="State">recommended, taken or closed (the outcome is known).</param>
/// <param name="Definition">All of the question.</param>
/// <param name="ModelHash">SHA-256 of the model's text.</param>
/// <param name="LogPosition">Log position of the newest reading that the remaining life rests on; 0 when it rests on none.</param>
/// <param name="Basis">The remaining life as it was stated; null when the question gave one.</param>
/// <param name="Answer">The comparison.</param>
/// <param name="RecommendedAt">When it was answered.</param>
/// <param name="Taken">Null before.</param>
/// <param name="Outcome">Null before.</param>
/// <param name="Version">Of the stream <c>decision/{id}</c>.</param>
public sealed record DecisionView(
    string Id,
    string AssetId,
    string Component,
    string State,
    DecisionDefinition Definition,
    string ModelHash,
    long LogPosition,
    RulView? Basis,
    DecisionAnswer Answer,
    DateTimeOffset RecommendedAt,
    TakenView? Taken,
    OutcomeView? Outcome,
    long Version);

/// <summary>What was decided.</summary>
/// <param name="Option">Name of an option of the answer.</param>
/// <param name="By">Who.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="At">When.</param>
public sealed record TakenView(string Option, string By, string? Comment, DateTimeOffset At);

/// <summary>What came of it.</summary>
/// <param name="Kind">replaced or failed.</param>
/// <param name="At">When it happened.</param>
/// <param name="RecordedBy">Who recorded it.</param>
public sealed record OutcomeView(string Kind, DateTimeOffset At, string RecordedBy);

/// <summary>Why something was not answered.</summary>
/// <param name="Kind">invalid, not-found or not-possible.</param>
/// <param name="Field">Path of the offending input; empty when there is none.</param>
/// <param name="Message">For people; of an invalid input what is allowed.</param>
/// <param name="Value">What the input held; null when it is missing.</param>
public sealed record Refusal(string Kind, string Field, string Message, string? Value = null);

using Contracts.Health;

namespace Contracts.Decisions;

/// <summary>A decision and its current state, as the APIs show it.</summary>
/// <param name="Id">UUID version 7.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Component">The wearing part.</param>
/// <param name="State">recommended, taken or closed (the outcome is known).</param>
/// <param name="Definition">The full question.</param>
/// <param name="ModelHash">SHA-256 of the model text.</param>
/// <param name="LogPosition">Log position of the newest reading behind the remaining life; 0 when there is none.</param>
/// <param name="Basis">The remaining life that was used; null when the question supplied one.</param>
/// <param name="Answer">The comparison of the options.</param>
/// <param name="RecommendedAt">When it was answered.</param>
/// <param name="Taken">What was decided; null until then.</param>
/// <param name="Outcome">The outcome; null until it is known.</param>
/// <param name="Version">Version of the stream <c>decision/{id}</c>.</param>
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
/// <param name="By">Who decided.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="At">When it was decided.</param>
public sealed record TakenView(string Option, string By, string? Comment, DateTimeOffset At);

/// <summary>The outcome of a decision.</summary>
/// <param name="Kind">replaced or failed.</param>
/// <param name="At">When it happened.</param>
/// <param name="RecordedBy">Who recorded it.</param>
public sealed record OutcomeView(string Kind, DateTimeOffset At, string RecordedBy);

/// <summary>Why a question was refused.</summary>
/// <param name="Kind">invalid, not-found or not-possible.</param>
/// <param name="Field">Path of the offending input; empty when there is none.</param>
/// <param name="Message">Human-readable reason; for an invalid input, what is allowed.</param>
/// <param name="Value">The value that was given; null when it is missing.</param>
public sealed record Refusal(string Kind, string Field, string Message, string? Value = null);

namespace Contracts.Messages;

/// <summary>Answer to <see cref="StartRebuild"/>: the rebuild is in the log.</summary>
/// <param name="RebuildId">The one that began, or that goes on.</param>
public sealed record RebuildAnswered(string RebuildId);

namespace Contracts.Messages;

/// <summary>
/// Request: rebuild twins from the whole log, several at the same time. Sent by query, answered by any twin-state with
/// <see cref="RebuildAnswered"/>. One that is asked for again before it has finished goes on instead of beginning anew.
/// </summary>
/// <param name="RebuildId">UUID version 7, used if it begins.</param>
/// <param name="AssetIds">Whose twins; null: those of all machines.</param>
public sealed record StartRebuild(string RebuildId, IReadOnlyList<string>? AssetIds);

namespace Contracts.Events;

/// <summary>Somebody wrote something about an open alarm. In stream <c>twin/{asset}</c>. Written by twin-state only.</summary>
/// <param name="AlarmId">The alarm.</param>
/// <param name="CommentedBy">Who wrote it.</param>
/// <param name="Text">What.</param>
/// <param name="CommentedAt">When, by twin-state's clock.</param>
public sealed record AlarmCommented(string AlarmId, string CommentedBy, string Text, DateTimeOffset CommentedAt);

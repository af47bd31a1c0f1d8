using System.Collections.Concurrent;

namespace Identity.Tokens;

/// <summary>
/// What must not be used again: exchanged codes, and sessions that were signed out. One replica issues, so its memory is enough; a restart
/// forgets it.
/// </summary>
sealed class Spent(TimeProvider time)
{
    readonly ConcurrentDictionary<string, DateTimeOffset> until = new();

    /// <summary>False if it was spent before.</summary>
    public bool Spend(string what, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        foreach (var (old, end) in until)
        {
            if (end < now) until.TryRemove(old, out _);
        }
        return until.TryAdd(what, now + lifetime);
    }

    public bool IsSpent(string what) => until.ContainsKey(what);
}

using System.Globalization;
using System.Text.Json;
using Contracts.Messages;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Twins;

/// <summary>A view with everything that depends on the current time, ready to send.</summary>
sealed class ShownTwin
{
    /// <summary>How long an answer is reused, and so the precision of ages.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    readonly long slice;
    readonly DateTimeOffset now;
    // Built on demand: gRPC watchers need no JSON.
    byte[]? json;
    string? tag;
    Proto.GetTwinResponse? message;

    public ShownTwin(TwinView view, DateTimeOffset now)
    {
        (View, this.now, slice) = (view, now, SliceOf(now));
        Answer = TwinAnswer.Of(view, now);
    }

    public TwinView View { get; }

    public TwinAnswer Answer { get; }

    /// <summary>One line of UTF-8.</summary>
    public byte[] Json => json ??= JsonSerializer.SerializeToUtf8Bytes(Answer, ApiJson.Options);

    /// <summary>Changes with the state, the revision and the set of stale sensors, but not with ages.</summary>
    public string ETag => tag ??= TagOf(View, now);

    public Proto.GetTwinResponse Message => message ??= new() { Twin = TwinMessage.Of(Answer) };

    public bool IsFor(DateTimeOffset time) => SliceOf(time) == slice && time >= now;

    static long SliceOf(DateTimeOffset time) => time.UtcTicks / Slice.Ticks;

    /// <summary>The weak entity tag of a view at a time.</summary>
    public static string TagOf(TwinView view, DateTimeOffset now)
    {
        var stale = 14695981039346656037UL;
        foreach (var sensor in view.Sensors) stale = (stale ^ (SensorAnswer.IsStaleAt(sensor, now) ? 1UL : 2UL)) * 1099511628211UL;
        var hash = view.StateHash.AsSpan(0, Math.Min(16, view.StateHash.Length));
        return string.Create(CultureInfo.InvariantCulture, $"W/\"{hash}-{view.Revision:x}-{stale:x16}\"");
    }
}

using System.Net.Sockets;
using Npgsql;
using Xunit.Sdk;

namespace Integration.Tests.Running;

/// <summary>Waits for effects in other processes.</summary>
static class Eventually
{
    /// <summary>Long enough that a timeout means broken, not slow: tests must pass on a busy machine.</summary>
    public const double PatienceSeconds = 120;

    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Polls until the value is right, and returns it. Unreachable servers count as not right yet.</summary>
    /// <param name="what">What is awaited, for the failure message.</param>
    /// <param name="read">Reads the value.</param>
    /// <param name="isRight">Whether the value is the awaited one.</param>
    /// <param name="show">How the failure message shows the last value.</param>
    /// <param name="explain">What else the failure message says.</param>
    public static async Task<T> Get<T>(
        string what, Func<Task<T>> read, Func<T, bool> isRight, Func<T, string>? show = null, Func<Task<string>>? explain = null)
    {
        var cancel = TestContext.Current.CancellationToken;
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(PatienceSeconds);
        while (true)
        {
            string seen;
            try
            {
                var value = await read();
                if (isRight(value)) return value;
                seen = show?.Invoke(value) ?? $"{value}";
            }
            catch (Exception e) when (
                e is NpgsqlException or HttpRequestException or SocketException or IOException or TimeoutException
                    or InvalidOperationException or Grpc.Core.RpcException
                // A timeout of HttpClient, not a cancellation by the end of the test.
                or TaskCanceledException { InnerException: TimeoutException })
            {
                seen = $"{e.GetType().Name}: {e.Message}";
            }
            if (TimeProvider.System.GetUtcNow() > deadline)
                throw new XunitException(
                    $"Not within {PatienceSeconds} s: {what}. Last seen: {seen}{(explain is null ? "" : $". {await explain()}")}");
            // Other processes do not signal completion, so poll.
            await Task.Delay(LookEvery, cancel);
        }
    }

    /// <summary>
    /// Waits until the clock is at least a millisecond ahead and returns that time; everything so far happened before it.
    /// </summary>
    public static async Task<DateTimeOffset> NextMillisecond()
    {
        var next = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 2);
        await Is("the clock goes on", () => Task.FromResult(TimeProvider.System.GetUtcNow() > next));
        return next;
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task Is(string what, Func<Task<bool>> condition) => Get(what, condition, holds => holds);
}

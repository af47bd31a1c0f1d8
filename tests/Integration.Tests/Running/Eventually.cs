using System.Net.Sockets;
using Npgsql;
using Xunit.Sdk;

namespace Integration.Tests.Running;

/// <summary>Waits for what another process does.</summary>
static class Eventually
{
    /// <summary>After this long something is broken, not slow: a test must pass on a machine that is busy with other things.</summary>
    public const double PatienceSeconds = 120;

    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads again and again until the value is right, and returns it. Servers that are away count as not right yet.</summary>
    /// <param name="what">What is waited for, for the failure.</param>
    /// <param name="read">Reads the value.</param>
    /// <param name="isRight">Whether it is what is waited for.</param>
    /// <param name="show">How the failure shows the last value.</param>
    public static async Task<T> Get<T>(string what, Func<Task<T>> read, Func<T, bool> isRight, Func<T, string>? show = null)
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
                // A request that HttpClient gave up; not one that the test's end cancels.
                or TaskCanceledException { InnerException: TimeoutException })
            {
                seen = $"{e.GetType().Name}: {e.Message}";
            }
            if (TimeProvider.System.GetUtcNow() > deadline)
                throw new XunitException($"Not within {PatienceSeconds} s: {what}. Last seen: {seen}");
            // Other processes do not say when they are done: all there is is to look again.
            await Task.Delay(LookEvery, cancel);
        }
    }

    /// <summary>Waits until the clock shows another millisecond than now, and returns it: what happened before is before it.</summary>
    public static async Task<DateTimeOffset> NextMillisecond()
    {
        var next = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 2);
        await Is("the clock goes on", () => Task.FromResult(TimeProvider.System.GetUtcNow() > next));
        return next;
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task Is(string what, Func<Task<bool>> condition) => Get(what, condition, holds => holds);
}

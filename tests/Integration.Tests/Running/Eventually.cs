using System.Net.Sockets;
using Npgsql;
using Xunit.Sdk;

namespace Integration.Tests.Running;

/// <summary>Waits for what another process does.</summary>
static class Eventually
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads again and again until the value is right, and returns it. Servers that are away count as not right yet.</summary>
    /// <param name="what">What is waited for, for the failure.</param>
    /// <param name="read">Reads the value.</param>
    /// <param name="isRight">Whether it is what is waited for.</param>
    /// <param name="seconds">After which the test fails.</param>
    /// <param name="show">How the failure shows the last value.</param>
    public static async Task<T> Get<T>(string what, Func<Task<T>> read, Func<T, bool> isRight, double seconds = 20, Func<T, string>? show = null)
    {
        var cancel = TestContext.Current.CancellationToken;
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(seconds);
        while (true)
        {
            string seen;
            try
            {
                var value = await read();
                if (isRight(value)) return value;
                seen = show?.Invoke(value) ?? $"{value}";
            }
            catch (Exception e) when (e is NpgsqlException or HttpRequestException or SocketException or IOException or TimeoutException or InvalidOperationException or Grpc.Core.RpcException
                // A request that HttpClient gave up; not one that the test's end cancels.
                or TaskCanceledException { InnerException: TimeoutException })
            {
                seen = $"{e.GetType().Name}: {e.Message}";
            }
            if (TimeProvider.System.GetUtcNow() > deadline) throw new XunitException($"Not within {seconds} s: {what}. Last seen: {seen}");
            await Task.Delay(LookEvery, cancel);
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task Is(string what, Func<Task<bool>> condition, double seconds = 20) => Get(what, condition, holds => holds, seconds);
}

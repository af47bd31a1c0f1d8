using System.Net;
using System.Net.Sockets;

namespace Integration.Tests.Running;

/// <summary>
/// The network between a service and a server, as a TCP relay that can be cut. While it is cut, nothing gets through and nobody is
/// notified: sent data waits, as TCP would retransmit it; new connections are accepted but stay silent.
/// </summary>
public sealed class Cable : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource ended = new();
    readonly string host;
    readonly int port;
    volatile TaskCompletionSource whole = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Cable(string host, int port)
    {
        (this.host, this.port) = (host, port);
        whole.SetResult();
        listener.Start();
        _ = Accept();
    }

    /// <summary>The port the service connects to.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Cut() => whole = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => whole.TrySetResult();

    async Task Accept()
    {
        try
        {
            while (true) _ = Connect(await listener.AcceptTcpClientAsync(ended.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    async Task Connect(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient { NoDelay = true })
        {
            near.NoDelay = true;
            try
            {
                await whole.Task.WaitAsync(ended.Token);
                await far.ConnectAsync(host, port, ended.Token);
                await Task.WhenAny(Carry(near.GetStream(), far.GetStream()), Carry(far.GetStream(), near.GetStream()));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
            }
        }
    }

    async Task Carry(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, ended.Token) is > 0 and var count)
        {
            await whole.Task.WaitAsync(ended.Token);
            await to.WriteAsync(buffer.AsMemory(0, count), ended.Token);
        }
        await whole.Task.WaitAsync(ended.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Dispose();
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Benchmarks.Load;

/// <summary>Kestrel with one endpoint that sends fixed bytes, in a separate process.</summary>
sealed class BareEndpoint(Process process, int port) : IAsyncDisposable
{
    public string HttpAddress => $"http://127.0.0.1:{port}/";

    public string Http2Address => $"http://127.0.0.1:{port + 1}";

    public static async Task<BareEndpoint> Start(byte[] bytes, string contentType, CancellationToken cancel)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, bytes, cancel);
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Environment.GetCommandLineArgs()[0], "bare", file, contentType, $"{port}"])
        {
            RedirectStandardOutput = true,
        };
        var endpoint = new BareEndpoint(Process.Start(start)!, port);
        await endpoint.WaitUntilListening(cancel);
        return endpoint;
    }

    async Task WaitUntilListening(CancellationToken cancel)
    {
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
            if (line == "listening") return;
        throw new InvalidOperationException("The bare endpoint did not start.");
    }

    // Two adjacent ports, for HTTP/1.1 and HTTP/2; only the first is known to be free.
    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Entry point of the separate process.</summary>
    public static async Task<int> Serve(string file, string contentType, int port)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.ListenLocalhost(port + 1, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.Run(async context =>
        {
            // A stream that ends before its request has been read is reset, and too many resets close the connection.
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.ContentType = contentType;
            if (contentType != "application/grpc") context.Response.ContentLength = bytes.Length;
            await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
            context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers.Append("grpc-status", "0");
        });
        await app.StartAsync();
        Console.WriteLine("listening");
        await app.WaitForShutdownAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

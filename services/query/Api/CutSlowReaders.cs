using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Query.Api;

/// <summary>
/// A reader of a stream that takes nothing for a while is cut: it holds memory, and a place among the watchers. It can go on where it was.
/// </summary>
static class CutSlowReaders
{
    /// <summary>How long a reader may take nothing.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>Waits for a write to be taken; else ends the connection.</summary>
    /// <returns>Whether it was taken.</returns>
    public static async Task<bool> Within(HttpContext http, Task write)
    {
        try
        {
            await write.WaitAsync(Longest);
            return true;
        }
        catch (TimeoutException)
        {
            http.Abort();
            return false;
        }
    }

    /// <summary>The same for streams over gRPC.</summary>
    public sealed class Rpc : Interceptor
    {
        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
            continuation(request, new Writer<TResponse>(responseStream, context.GetHttpContext()), context);
    }

    sealed class Writer<T>(IServerStreamWriter<T> to, HttpContext http) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions
        {
            get => to.WriteOptions;
            set => to.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            if (!await Within(http, to.WriteAsync(message, cancellationToken)))
                throw new RpcException(new(StatusCode.Aborted, "The reader took nothing for too long."));
        }
    }
}

using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using ServiceDefaults;

namespace Query.Api;

/// <summary>
/// The one place per protocol that knows the caller: from the token of a request, or from its headers if tokens are not asked for.
/// Without a token, a command whose body names somebody is that person's.
/// </summary>
static class KnowCaller
{
    /// <summary>REST.</summary>
    /// <exception cref="InvalidInputException">A bad name or reason.</exception>
    public static async Task Http(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/api/v1"))
        {
            Caller.Current = Caller.Of(context);
            await context.RequestServices.GetRequiredService<RecordQuestions>().Http(context, context.RequestAborted);
        }
        await next(context);
    }

    /// <summary>Who does it and why, from the body of a command, or else from the request.</summary>
    /// <param name="by">Member <c>by</c>.</param>
    /// <param name="comment">Member <c>comment</c>.</param>
    /// <param name="allowed">What is accepted as a name, for the message.</param>
    /// <exception cref="InvalidInputException">Nobody is named, or a bad name or comment.</exception>
    public static (string By, string? Comment) Named(string? by, string? comment, string allowed)
    {
        var named = Input.Line("by", by, Caller.LongestActor);
        var caller = Caller.Current.Checked("by", named);
        var who = named ?? caller.Actor ?? throw new InvalidInputException("by", null, allowed);
        var why = Input.Lines("comment", comment, Caller.LongestReason) ?? caller.Reason;
        Caller.Current = caller with { Actor = who, Reason = why };
        return (who, why);
    }

    /// <summary>gRPC.</summary>
    public sealed class Rpc(RecordQuestions questions) : Interceptor
    {
        public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Caller.Current = Caller.Of(context.GetHttpContext());
            await Note(request, context);
            await continuation(request, responses, context);
        }

        public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Caller.Current = Caller.Of(context.GetHttpContext());
            await Note(request, context);
            return await continuation(request, context);
        }

        Task Note<TRequest>(TRequest request, ServerCallContext context) => request is IMessage message
            ? questions.Rpc(context.Method[(context.Method.LastIndexOf('/') + 1)..], message, context.CancellationToken)
            : Task.CompletedTask;
    }
}

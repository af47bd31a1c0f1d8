using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults;

/// <summary>Answers a gRPC call that is refused before it reaches a method, where no interceptor runs.</summary>
public static class RefuseGrpc
{
    /// <summary>
    /// Writes the status that <see cref="GrpcErrors"/> would give as headers without a body ("Trailers-Only" of the gRPC protocol, which
    /// gRPC-Web clients also read). A bare HTTP status would reach them as UNAVAILABLE or UNKNOWN, without details.
    /// </summary>
    public static void Answer(HttpContext context, Exception exception)
    {
        var error = GrpcErrors.Translate(exception);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = context.Request.ContentType;
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var trailer in error.Trailers)
            response.Headers[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes).TrimEnd('=') : trailer.Value;
    }
}

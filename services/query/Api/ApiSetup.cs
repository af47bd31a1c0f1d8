using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.RateLimiting;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Api;

/// <summary>Settings for every route: JSON, limits, CORS, compression, gRPC, API reference.</summary>
static class ApiSetup
{
    /// <summary>Name of the rate limit for expensive reads.</summary>
    public const string Expensive = "expensive";

    // Only commands have bodies.
    const int LargestBody = 64 * 1024;
    static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = LargestBody);
        builder.Services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        // Parameters of the wrong type are then refused with the same details as any other invalid input.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.AddCrossOrigin();
        builder.Services.AddResponseCompression(compression =>
        {
            // Not event streams, which must not be buffered, nor Parquet and gRPC, which compress their own data.
            compression.MimeTypes = ["application/json", Problem.MediaType, "text/csv"];
            // Safe over HTTPS: BREACH needs a secret and the attacker's input in the same answer, and no answer holds a secret.
            compression.EnableForHttps = true;
        });
        var permits = builder.Configuration.WholeNumber("Limits:ExpensiveRequestsPer10Seconds", 1000, 1, 1_000_000);
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
                    RefuseGrpc.Answer(
                        context.HttpContext, new BusyException("Too many requests; RetryInfo says when to try again.", Window));
                return ValueTask.CompletedTask;
            };
            // Of each caller, as far as it is known: people share addresses.
            limiter.AddPolicy(Expensive, context => RateLimitPartition.GetFixedWindowLimiter(
                context.User.Identity is { IsAuthenticated: true, Name: { } name }
                    ? $"{CheckAccess.SubjectOf(context)?.Tenant}/{name}"
                    : $"{context.Connection.RemoteIpAddress ?? IPAddress.None}",
                _ => new() { PermitLimit = permits, Window = Window }));
        });
        // What fails inside is logged by GrpcErrors; this would log as an error each message that cannot be read.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<GrpcErrors>();
            grpc.Interceptors.Add<RefuseUnknown.Rpc>();
            grpc.Interceptors.Add<KnowCaller.Rpc>();
            grpc.Interceptors.Add<CutSlowReaders.Rpc>();
            grpc.MaxReceiveMessageSize = LargestBody;
        });
        RefuseUnknown.Rpc.LoadDescriptors();
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks(grpc => grpc.Services.Map("", health => health.Tags.Contains("ready")));
        builder.Services.AddSingleton(Quotas.Read(builder.Configuration)).AddSingleton<ScenarioQuota>();
        builder.Services.AddSingleton<AskSimulation>().AddSingleton<AskTwinState>().AddSingleton<RecordQuestions>();
        builder.AddAccess();
        builder.AddReference();
    }

    public static void UseApi(this WebApplication app)
    {
        app.UseResponseCompression();
        app.UseCors();
        app.UseRateLimiter();
        // Browsers speak only HTTP/1.1 to a port without TLS, so gRPC-Web shares the port of REST.
        app.UseGrpcWeb(new() { DefaultEnabled = true });
        app.UseAccess();
        app.Use(RefuseUnknown.Rpc.RefuseGarbled);
        app.Use(RefuseUnknown.Check);
        app.Use(KnowCaller.Http);
    }
}

using Contracts.Query.V1;
using Dashboard.SignIn;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Dashboard.Live;

/// <summary>The gRPC clients of query, all on one connection.</summary>
static class QueryClients
{
    public static void AddQueryClients(this WebApplicationBuilder builder)
    {
        builder.AddSettings<DashboardSettings>("Dashboard");
        builder.Services.AddSingleton(Connect);
        // One per page, as it asks as whoever uses the page.
        builder.Services.AddScoped(services => services.GetRequiredService<GrpcChannel>().Intercept(
            new AsVisitor(services.GetRequiredService<Visitor>(), services.GetRequiredService<Sessions>()),
            new Deadlines(TimeSpan.FromSeconds(services.GetRequiredService<IOptions<DashboardSettings>>().Value.DeadlineSeconds))));
        builder.Services.AddClient(calls => new TwinService.TwinServiceClient(calls));
        builder.Services.AddClient(calls => new DiffService.DiffServiceClient(calls));
        builder.Services.AddClient(calls => new AssetService.AssetServiceClient(calls));
        builder.Services.AddClient(calls => new ModelService.ModelServiceClient(calls));
        builder.Services.AddClient(calls => new GraphService.GraphServiceClient(calls));
        builder.Services.AddClient(calls => new EstimateService.EstimateServiceClient(calls));
        builder.Services.AddClient(calls => new HistoryService.HistoryServiceClient(calls));
        builder.Services.AddClient(calls => new AlarmService.AlarmServiceClient(calls));
        builder.Services.AddClient(calls => new HealthService.HealthServiceClient(calls));
        builder.Services.AddClient(calls => new ScenarioService.ScenarioServiceClient(calls));
        builder.Services.AddClient(calls => new DecisionService.DecisionServiceClient(calls));
        builder.Services.AddClient(calls => new CalibrationService.CalibrationServiceClient(calls));
        builder.Services.AddClient(calls => new CorrectionService.CorrectionServiceClient(calls));
        builder.Services.AddClient(calls => new LogService.LogServiceClient(calls));
        builder.Services.AddClient(calls => new LineageService.LineageServiceClient(calls));
        builder.Services.AddClient(calls => new RejectionService.RejectionServiceClient(calls));
        builder.Services.AddClient(calls => new PolicyService.PolicyServiceClient(calls));
        builder.Services.AddClient(calls => new ReplicaService.ReplicaServiceClient(calls));
        builder.Services.AddSingleton<QueryConnection>().AddHostedService(services => services.GetRequiredService<QueryConnection>());
        builder.Services.AddSingleton<TwinFeeds>().AddScoped<FollowTwins>().AddScoped<AlarmFeed>();
        builder.Services.AddSingleton<ParsedModels>().AddScoped<FindAssets>();
    }

    static void AddClient<T>(this IServiceCollection services, Func<CallInvoker, T> make)
        where T : class => services.AddScoped(provider => make(provider.GetRequiredService<CallInvoker>()));

    static GrpcChannel Connect(IServiceProvider services) =>
        GrpcChannel.ForAddress(services.GetRequiredService<IOptions<DashboardSettings>>().Value.Query, new()
        {
            HttpHandler = new SocketsHttpHandler
            {
                // Detects within seconds a peer that vanished without closing the connection.
                KeepAlivePingDelay = TimeSpan.FromSeconds(5),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(3),
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                EnableMultipleHttp2Connections = true,
            },
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
            MaxReconnectBackoff = TimeSpan.FromSeconds(2),
            // Enough for 500 twins on one page.
            MaxReceiveMessageSize = 64 * 1024 * 1024,
            DisposeHttpClient = true,
            // Without TLS too: whoever runs query and dashboard apart puts TLS between them.
            UnsafeUseInsecureChannelCallCredentials = true,
        });
}

/// <summary>
/// Calls are made as whoever uses the page: with the session's token. Where nobody is asked who he is, commands name whoever was typed, or
/// the dashboard, and reads name nobody, as nobody is recorded for them.
/// </summary>
sealed class AsVisitor(Visitor visitor, Sessions sessions) : Interceptor
{
    static readonly string[] Reads = ["Get", "List", "Diff"];

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        if (visitor.Session is { } session) return continuation(request, With(session, context));
        if (Reads.Any(verb => context.Method.Name.StartsWith(verb, StringComparison.Ordinal))) return continuation(request, context);
        Metadata headers = [.. context.Options.Headers ?? []];
        headers.Add(Caller.ActorHeader, Uri.EscapeDataString(visitor.Name ?? "dashboard"));
        return continuation(request, new(context.Method, context.Host, context.Options.WithHeaders(headers)));
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, visitor.Session is { } session ? With(session, context) : context);

    ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(
        string session, ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class
        where TResponse : class => new(context.Method, context.Host, context.Options.WithCredentials(CallCredentials.FromInterceptor(
            async (call, metadata) =>
            {
                try
                {
                    metadata.Add("authorization", $"Bearer {await sessions.Token(session, call.CancellationToken)}");
                    // Query believes it where it knows this dashboard.
                    if (visitor.Address is { } address) metadata.Add(Proxies.ForwardedFor, address);
                }
                catch (SessionEndedException e)
                {
                    throw new RpcException(new(StatusCode.Unauthenticated, e.Message));
                }
                catch (UnavailableException e)
                {
                    throw new RpcException(new(StatusCode.Unavailable, e.Message));
                }
            })));
}

/// <summary>Sets a deadline on unary calls; streams have none.</summary>
sealed class Deadlines(TimeSpan limit) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request,
            context.Options.Deadline is null
                ? new(context.Method, context.Host, context.Options.WithDeadline(DateTime.UtcNow + limit))
                : context);
}

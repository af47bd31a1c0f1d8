using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Dashboard.Live;

/// <summary>The gRPC clients of query, all on one connection.</summary>
static class QueryClients
{
    public static void AddQueryClients(this WebApplicationBuilder builder)
    {
        builder.AddSettings<DashboardSettings>("Dashboard");
        builder.Services.AddSingleton(Connect);
        builder.Services.AddSingleton(services => services.GetRequiredService<GrpcChannel>().Intercept(
            new SayWho(),
            new Deadlines(TimeSpan.FromSeconds(services.GetRequiredService<IOptions<DashboardSettings>>().Value.DeadlineSeconds))));
        builder.Services.AddClient(calls => new TwinService.TwinServiceClient(calls));
        builder.Services.AddClient(calls => new DiffService.DiffServiceClient(calls));
        builder.Services.AddClient(calls => new AssetService.AssetServiceClient(calls));
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
        builder.Services.AddClient(calls => new ReplicaService.ReplicaServiceClient(calls));
        builder.Services.AddSingleton<QueryConnection>().AddHostedService(services => services.GetRequiredService<QueryConnection>());
        builder.Services.AddSingleton<FollowTwins>();
        builder.Services.AddSingleton<FindAssets>();
    }

    static void AddClient<T>(this IServiceCollection services, Func<CallInvoker, T> make)
        where T : class => services.AddSingleton(provider => make(provider.GetRequiredService<CallInvoker>()));

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
        });
}

/// <summary>
/// Commands say who gives them: the name last typed in the browser, or the dashboard. Reads do not, as nobody is recorded for them.
/// </summary>
sealed class SayWho : Interceptor
{
    static readonly string[] Reads = ["Get", "List", "Diff"];

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        if (Reads.Any(verb => context.Method.Name.StartsWith(verb, StringComparison.Ordinal))) return continuation(request, context);
        Metadata headers = [.. context.Options.Headers ?? []];
        headers.Add(Caller.ActorHeader, Uri.EscapeDataString(CircuitUser.Name ?? "dashboard"));
        return continuation(request, new(context.Method, context.Host, context.Options.WithHeaders(headers)));
    }
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

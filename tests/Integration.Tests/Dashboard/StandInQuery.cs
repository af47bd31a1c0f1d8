using System.Net;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Integration.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.Dashboard;

/// <summary>
/// Replaces query in states that the real one cannot be brought into: it refuses everything, or it is completely empty.
/// </summary>
sealed class StandInQuery : IAsyncDisposable
{
    readonly WebApplication app;

    StandInQuery(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    public static Task<StandInQuery> Refusing(StatusCode status) => Start(new(status));

    public static Task<StandInQuery> Empty() => Start(new(StatusCode.OK));

    static async Task<StandInQuery> Start(OneAnswer answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, ServiceProcess.FreePort(), listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(answer).AddGrpc(grpc => grpc.Interceptors.Add<OneAnswer>());
        var app = builder.Build();
        app.MapGrpcService<Twins>();
        app.MapGrpcService<Assets>();
        app.MapGrpcService<Healths>();
        app.MapGrpcService<Scenarios>();
        app.MapGrpcService<Decisions>();
        app.MapGrpcService<Logs>();
        app.MapGrpcService<Rejections>();
        app.MapGrpcService<Replicas>();
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>Answers every request with a refusal or an empty message.</summary>
    sealed class OneAnswer(StatusCode status) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            status == StatusCode.OK
                ? Task.FromResult(Activator.CreateInstance<TResponse>())
                : throw new RpcException(new Status(status, "No."));
    }

    sealed class Twins : TwinService.TwinServiceBase;

    sealed class Assets : AssetService.AssetServiceBase;

    sealed class Healths : HealthService.HealthServiceBase;

    sealed class Scenarios : ScenarioService.ScenarioServiceBase;

    sealed class Decisions : DecisionService.DecisionServiceBase;

    sealed class Logs : LogService.LogServiceBase;

    sealed class Rejections : RejectionService.RejectionServiceBase;

    sealed class Replicas : ReplicaService.ReplicaServiceBase;
}

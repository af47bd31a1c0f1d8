using Query.Alarms;
using Query.Api;
using Query.Assets;
using Query.Decisions;
using Query.Events;
using Query.Health;
using Query.Histories;
using Query.Rejections;
using Query.Scenarios;
using Query.Twins;

namespace Query;

static class RpcRoutes
{
    public static void MapRpc(this WebApplication app)
    {
        app.MapGrpcService<TwinRpc>();
        app.MapGrpcService<AssetRpc>();
        app.MapGrpcService<HistoryRpc>().RequireRateLimiting(ApiSetup.Expensive);
        app.MapGrpcService<AlarmRpc>();
        app.MapGrpcService<RejectionRpc>().RequireRateLimiting(ApiSetup.Expensive);
        app.MapGrpcService<LogRpc>().RequireRateLimiting(ApiSetup.Expensive);
        app.MapGrpcService<ScenarioRpc>().RequireRateLimiting(ApiSetup.Expensive);
        app.MapGrpcService<HealthRpc>();
        app.MapGrpcService<DecisionRpc>().RequireRateLimiting(ApiSetup.Expensive);
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
    }
}

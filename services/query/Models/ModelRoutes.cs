using Grpc.AspNetCore.Server;
using ServiceDefaults;

namespace Query.Models;

static class ModelRoutes
{
    public static void AddModels(this IServiceCollection services) => services
        .Configure<GrpcServiceOptions<ModelRpc>>(grpc => grpc.MaxReceiveMessageSize = ReviseModelEndpoint.LargestText)
        .AddSingleton<ModelLog>().AddSingleton<GetModels>().AddSingleton<PreviewRevision>().AddSingleton<ReviseModelEndpoint>();

    public static void MapModels(this IEndpointRouteBuilder api)
    {
        var models = api.MapGroup("/models").WithTags("Models");
        GetModels.Map(models);
        ReviseModelEndpoint.Map(models);
    }
}

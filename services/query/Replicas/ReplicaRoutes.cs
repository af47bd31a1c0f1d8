namespace Query.Replicas;

static class ReplicaRoutes
{
    public static void AddReplicas(this IServiceCollection services) => services.AddSingleton<ListReplicas>();

    public static void MapReplicas(this IEndpointRouteBuilder api) => ListReplicas.Map(api.MapGroup("/replicas").WithTags("Replicas"));
}

using Grpc.Core;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Replicas;

sealed class ReplicaRpc(ListReplicas list) : Proto.ReplicaService.ReplicaServiceBase
{
    public override async Task<Proto.ListReplicasResponse> ListReplicas(Proto.ListReplicasRequest request, ServerCallContext context) =>
        new() { Replicas = { (await list.Run(context.CancellationToken)).Select(Message) } };

    /// <summary>A replica as a message.</summary>
    public static Proto.Replica Message(ReplicaAnswer replica) => new()
    {
        Service = replica.Service,
        Name = replica.Name,
        State = replica.State,
        Since = replica.Since.ToProto(),
        AliveAt = replica.AliveAt.ToProto(),
        Assets = replica.Assets,
    };
}

using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Ingest.Messages;

/// <summary>Tells other replicas whether this one receives from the broker.</summary>
interface IReceiverService : IGrainService
{
    /// <summary>True once the broker has a session for this replica, which it keeps while the replica is absent.</summary>
    Task<bool> IsReceiving();
}

[Reentrant]
sealed class ReceiverService(GrainId id, Silo silo, ILoggerFactory logs, ReceiveMessages receiver) : GrainService(id, silo, logs),
    IReceiverService
{
    public Task<bool> IsReceiving() => Task.FromResult(receiver.IsReceiving);
}

/// <summary>Asks another replica.</summary>
sealed class ReceiverClient(IServiceProvider services) : GrainServiceClient<IReceiverService>(services)
{
    public Task<bool> IsReceiving(SiloAddress replica) => GetGrainService(replica).IsReceiving();
}

using Cluster;
using Contracts.Messages;
using MassTransit;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Runtime.Services;
using Orleans.Services;
using TwinState.Twins;

namespace TwinState.News;

/// <summary>Hands news to the owners of the twins; acknowledged when all of them have it.</summary>
sealed class HandOverNews(Owners owners, NewsClient news) : IConsumer<ReadingsAnnounced>
{
    public Task Consume(ConsumeContext<ReadingsAnnounced> context) =>
        Task.WhenAll(context.Message.Batches.GroupBy(b => owners.Of(b.AssetId)).Select(part => news.Take(part.Key, [.. part])));
}

/// <summary>Takes news for the twins of this replica: one call for many twins, as calls to other replicas are dear.</summary>
interface INewsService : IGrainService
{
    /// <summary>Ends when every twin has its news; see <see cref="ITwinGrain.Take"/>.</summary>
    Task Take([Immutable] AnnouncedBatch[] news);
}

[Reentrant]
sealed class NewsService(GrainId id, Silo silo, ILoggerFactory logs, IGrainFactory grains) : GrainService(id, silo, logs), INewsService
{
    public Task Take(AnnouncedBatch[] news) => Task.WhenAll(
        news.GroupBy(n => n.AssetId).Select(asset => grains.GetGrain<ITwinGrain>(asset.Key).Take([.. asset])));
}

/// <summary>Calls the news service of a replica.</summary>
sealed class NewsClient(IServiceProvider services) : GrainServiceClient<INewsService>(services)
{
    /// <param name="owner">The replica; null while no replica is active, which fails and is tried again.</param>
    /// <param name="news">News of its twins.</param>
    public Task Take(SiloAddress? owner, AnnouncedBatch[] news) => owner is null
        ? throw new TwinUnavailableException("No replica of twin-state is active yet.")
        : GetGrainService(owner).Take(news);
}

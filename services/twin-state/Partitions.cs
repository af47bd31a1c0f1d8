using Contracts.Messages;
using MassTransit;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinState.Assets;

namespace TwinState;

/// <summary>
/// The partition queues: durable, one active consumer each, one message at a time. Assets are registered by any replica.
/// </summary>
static class Partitions
{
    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<FollowNews>();
        bus.AddConsumer<TakeRegistrations>();
    }

    /// <summary>Names of the partition queues.</summary>
    public static IEnumerable<string> Queues(TwinStateSettings settings) => QueueNames.Partitions(settings.Partitions);

    public static void AddEndpoints(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        foreach (var queue in Queues(context.GetRequiredService<IOptions<TwinStateSettings>>().Value))
        {
            rabbit.ReceiveEndpoint(queue, endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.SetQuorumQueue();
                endpoint.SingleActiveConsumer = true;
                endpoint.PrefetchCount = 16;
                endpoint.ConcurrentMessageLimit = 1;
                // The routing key of a consistent-hash binding is the queue's weight.
                endpoint.Bind(QueueNames.Assets, exchange =>
                {
                    exchange.ExchangeType = "x-consistent-hash";
                    exchange.RoutingKey = "1";
                });
                Retry(endpoint);
                endpoint.DropRefused();
                endpoint.ConfigureConsumer<FollowNews>(context);
                // Query registers through the queue below; commands about a single asset come from older versions of it.
                endpoint.ConfigureConsumer<TakeRegistrations>(context);
            });
        }
        rabbit.ReceiveEndpoint(QueueNames.Registrations, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.SetQuorumQueue();
            endpoint.PrefetchCount = 8;
            endpoint.ConcurrentMessageLimit = 4;
            Retry(endpoint);
            endpoint.ConfigureConsumer<TakeRegistrations>(context);
        });
    }

    static void Retry(IReceiveEndpointConfigurator endpoint) => endpoint.UseMessageRetry(retry =>
    {
        retry.Exponential(20, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
        retry.Handle<Exception>(e => Errors.Meaning(e).Retry);
    });
}

using Contracts.Messages;
using MassTransit;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinState.Assets;

namespace TwinState;

/// <summary>The partition queues: durable, one active consumer each, one message at a time.</summary>
static class Partitions
{
    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<FollowNews>();
        bus.AddConsumer<RegisterAssetConsumer>();
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
                endpoint.UseMessageRetry(retry =>
                {
                    retry.Exponential(20, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
                    retry.Handle<Exception>(e => Errors.Meaning(e).Retry);
                });
                endpoint.DropRefused();
                endpoint.ConfigureConsumer<FollowNews>(context);
                endpoint.ConfigureConsumer<RegisterAssetConsumer>(context);
            });
        }
    }
}

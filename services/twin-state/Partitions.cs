using MassTransit;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using TwinState.Assets;
using TwinState.Twins;

namespace TwinState;

/// <summary>The partition queues: durable, one active consumer each, one message at a time.</summary>
static class Partitions
{
    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<FollowNews>();
        bus.AddConsumer<RegisterAssetConsumer>();
    }

    public static void AddEndpoints(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        var partitions = context.GetRequiredService<IOptions<TwinStateSettings>>().Value.Partitions;
        for (var partition = 0; partition < partitions; partition++)
        {
            rabbit.ReceiveEndpoint($"{Messaging.AssetExchange}.{partition}", endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.SetQuorumQueue();
                endpoint.SingleActiveConsumer = true;
                endpoint.PrefetchCount = 16;
                endpoint.ConcurrentMessageLimit = 1;
                // The routing key of a consistent-hash binding is the queue's weight.
                endpoint.Bind(Messaging.AssetExchange, exchange =>
                {
                    exchange.ExchangeType = "x-consistent-hash";
                    exchange.RoutingKey = "1";
                });
                endpoint.UseMessageRetry(retry =>
                {
                    retry.Exponential(20, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
                    retry.Handle<Exception>(e => Errors.Meaning(e).Retry);
                });
                endpoint.ConfigureConsumer<FollowNews>(context);
                endpoint.ConfigureConsumer<RegisterAssetConsumer>(context);
            });
        }
    }
}

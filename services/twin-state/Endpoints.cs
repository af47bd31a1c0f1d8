using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using TwinState.Assets;
using TwinState.News;

namespace TwinState;

/// <summary>The queues that all replicas share. News and commands are handed to the twin's owner, on whichever replica it lives.</summary>
static class Endpoints
{
    // News holds many assets; what a slow one has to wait for is not to hold up the next messages.
    const int MostNewsAtOnce = 32;
    const int MostCommandsAtOnce = 16;
    const int MostRegistrationsAtOnce = 4;

    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<HandOverNews>();
        bus.AddConsumer<HandOverCommands>();
        bus.AddConsumer<TakeRegistrations>();
    }

    public static void Add(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        Receive<HandOverNews>(QueueNames.News, MostNewsAtOnce);
        Receive<HandOverCommands>(QueueNames.TwinCommands, MostCommandsAtOnce);
        Receive<TakeRegistrations>(QueueNames.Registrations, MostRegistrationsAtOnce);

        void Receive<T>(string queue, int mostAtOnce)
            where T : class, IConsumer => rabbit.ReceiveEndpoint(queue, endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.SetQuorumQueue();
                endpoint.PrefetchCount = 2 * mostAtOnce;
                endpoint.ConcurrentMessageLimit = mostAtOnce;
                endpoint.UseMessageRetry(retry =>
                {
                    retry.Exponential(
                        20, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
                    retry.Handle<Exception>(e => e is OrleansException || Errors.Meaning(e).Retry);
                });
                endpoint.DropRefused();
                endpoint.ConfigureConsumer<T>(context);
            });
    }
}

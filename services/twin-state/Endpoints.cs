using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using TwinState.Assets;
using TwinState.Graphs;
using TwinState.News;
using TwinState.Policies;
using TwinState.Rebuilds;

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
        bus.AddConsumer<TakeModels>();
        bus.AddConsumer<TakeRelationships>();
        bus.AddConsumer<TakeRebuilds>();
        bus.AddConsumer<TakePolicies>();
        bus.AddConsumer<TakeQuestions>();
    }

    public static void Add(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        Receive(QueueNames.News, MostNewsAtOnce, typeof(HandOverNews));
        Receive(QueueNames.TwinCommands, MostCommandsAtOnce, typeof(HandOverCommands));
        Receive(
            QueueNames.Registrations, MostRegistrationsAtOnce, typeof(TakeRegistrations), typeof(TakeModels), typeof(TakeRelationships),
            typeof(TakeRebuilds), typeof(TakePolicies), typeof(TakeQuestions));

        void Receive(string queue, int mostAtOnce, params Type[] consumers) =>
            rabbit.ReceiveEndpoint(queue, endpoint =>
            {
                endpoint.TakeFromOthers(queue);
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
                foreach (var consumer in consumers) endpoint.ConfigureConsumer(context, consumer);
            });
    }
}

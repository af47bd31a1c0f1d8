using Contracts.Messages;
using MassTransit;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using Simulation.Calibrations;
using Simulation.Decisions;
using Simulation.Scenarios;

namespace Simulation;

/// <summary>
/// Two durable queues shared by all simulations: one for scenario control, with short messages, and one for shards, of which each process
/// takes as many as it has processors. If a process dies, its messages go to another one.
/// </summary>
static class Queues
{
    static readonly Uri ScenarioExchange = Messaging.AddressOf(QueueNames.Scenarios);
    static readonly Uri ShardExchange = Messaging.AddressOf(QueueNames.Shards);

    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RequestScenarioConsumer>();
        bus.AddConsumer<CancelScenarioConsumer>();
        bus.AddConsumer<ScenarioShardFinishedConsumer>();
        bus.AddConsumer<RunScenarioShardConsumer>();
        DecisionQueue.AddConsumers(bus);
        CalibrationQueue.AddConsumers(bus);
    }

    public static void AddEndpoints(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        var concurrency = context.GetRequiredService<IOptions<SimulationSettings>>().Value.Concurrency;
        rabbit.ReceiveEndpoint(QueueNames.Scenarios, endpoint =>
        {
            endpoint.TakeFromOthers(QueueNames.Scenarios);
            endpoint.ConfigureConsumeTopology = false;
            endpoint.SetQuorumQueue();
            endpoint.PrefetchCount = 8;
            RetryWhatMayPass(endpoint);
            endpoint.ConfigureConsumer<RequestScenarioConsumer>(context);
            endpoint.ConfigureConsumer<CancelScenarioConsumer>(context);
            endpoint.ConfigureConsumer<ScenarioShardFinishedConsumer>(context);
        });
        rabbit.ReceiveEndpoint(QueueNames.Shards, endpoint =>
        {
            endpoint.TakeFromOthers(QueueNames.Shards);
            endpoint.ConfigureConsumeTopology = false;
            endpoint.SetQuorumQueue();
            // No more than it can work on: messages prefetched here would be unavailable to a process with a free processor.
            endpoint.PrefetchCount = concurrency;
            endpoint.ConcurrentMessageLimit = concurrency;
            RetryWhatMayPass(endpoint);
            endpoint.ConfigureConsumer<RunScenarioShardConsumer>(context);
        });
        DecisionQueue.AddEndpoint(context, rabbit);
        CalibrationQueue.AddEndpoint(context, rabbit);
    }

    public static void RetryWhatMayPass(IRabbitMqReceiveEndpointConfigurator endpoint) => endpoint.UseMessageRetry(retry =>
    {
        retry.Exponential(20, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200));
        // A command may overtake the request that it refers to.
        retry.Handle<Exception>(e => Errors.Meaning(e).Retry || e is NotFoundException);
    });

    public static async Task SendShards(
        this ISendEndpointProvider bus, string scenarioId, IEnumerable<int> shards, CancellationToken cancel)
    {
        var endpoint = await bus.GetSendEndpoint(ShardExchange);
        await Task.WhenAll(shards.Select(shard => endpoint.Send(new Contracts.Messages.RunScenarioShard(scenarioId, shard), cancel)));
    }

    public static async Task SendToScenarios<T>(this ISendEndpointProvider bus, T message, CancellationToken cancel)
        where T : class => await (await bus.GetSendEndpoint(ScenarioExchange)).Send(message, cancel);
}

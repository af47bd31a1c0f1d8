using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Simulation.Decisions;

/// <summary>The decisions' part of the service: a queue shared by all simulations, a table, and the consumers.</summary>
static class DecisionQueue
{
    public static void AddDecisions(this IServiceCollection services) =>
        services.AddSingleton<DecisionStore>().AddSingleton<FindOutcomes>().AddHostedService<KeepObserving>();

    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<DecideMaintenanceConsumer>();
        bus.AddConsumer<TakeDecisionConsumer>();
        bus.AddConsumer<ObserveOutcomesConsumer>();
        bus.AddConsumer<RunBacktestConsumer>();
    }

    public static void AddEndpoint(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit) =>
        rabbit.ReceiveEndpoint(QueueNames.Decisions, endpoint =>
    {
        endpoint.TakeFromOthers(QueueNames.Decisions);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.SetQuorumQueue();
        endpoint.PrefetchCount = 8;
        // A client is waiting for the answer: retry quickly a few times, then report a fault.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Interval(3, TimeSpan.FromMilliseconds(200));
            retry.Handle<Exception>(e => Errors.Meaning(e).Retry || e is NotFoundException);
        });
        endpoint.ConfigureConsumer<DecideMaintenanceConsumer>(context);
        endpoint.ConfigureConsumer<TakeDecisionConsumer>(context);
        endpoint.ConfigureConsumer<ObserveOutcomesConsumer>(context);
        endpoint.ConfigureConsumer<RunBacktestConsumer>(context);
    });

    public static Table Table()
    {
        var decision = new Table(new PostgresqlObjectName("simulation", "decision", SchemaUtils.IdentifierUsage.General));
        decision.AddColumn<string>("decision_id").AsPrimaryKey();
        decision.AddColumn("asset_id", "text").NotNull();
        decision.AddColumn("component", "text").NotNull();
        decision.AddColumn("state", "text").NotNull();
        decision.AddColumn("recommended_at", "timestamp with time zone").NotNull();
        decision.AddColumn("view", "jsonb").NotNull();
        decision.Indexes.Add(new IndexDefinition("decision_by_asset") { Columns = ["asset_id", "component", "recommended_at"] });
        decision.Indexes.Add(new IndexDefinition("decision_by_time") { Columns = ["recommended_at"] });
        return decision;
    }
}

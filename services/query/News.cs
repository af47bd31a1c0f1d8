using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Query.Api;
using Query.Assets;
using Query.Scenarios;
using Query.Twins;
using ServiceDefaults;

namespace Query;

/// <summary>What twin-state and simulation tell every query: a queue per process that is gone when the process is.</summary>
static class News
{
    // Old views are worthless: when this process cannot keep up, the oldest messages are dropped and the tables make up for them.
    const int LongestQueue = 1_000;

    public static void AddNews(this WebApplicationBuilder builder)
    {
        builder.AddMessaging(
            bus =>
            {
                bus.AddConsumer<TakeTwinsChanged>();
                bus.AddConsumer<TakeAssetChanged>();
                bus.AddConsumer<TakeFault<Contracts.Messages.RegisterAsset>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.AcknowledgeAlarm>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.RebuildTwin>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.ReplayRejection>>();
                bus.AddConsumer<TakeScenarioChanged>();
                bus.AddConsumer<TakeFault<Contracts.Messages.CancelScenario>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.RecordMaintenance>>();
                // The service answers from its tables and the log while RabbitMQ is away, so the bus must not decide whether it is ready.
                bus.ConfigureHealthCheckOptions(health => health.MinimalFailureStatus = HealthStatus.Degraded);
            },
            (context, rabbit) => rabbit.ReceiveEndpoint(new TemporaryEndpointDefinition("query"), endpoint =>
            {
                endpoint.PrefetchCount = 32;
                endpoint.SetQueueArgument("x-max-length", LongestQueue);
                endpoint.ConfigureConsumers(context);
            }));
        builder.Services.AddSingleton<CommandFaults>();
    }
}

using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Query.Api;
using Query.Graphs;
using Query.Policies;
using Query.Registry;
using Query.Scenarios;
using Query.Twins;
using ServiceDefaults;

namespace Query;

/// <summary>Broadcasts from twin-state and simulation: each process has its own queue, deleted when the process ends.</summary>
static class News
{
    // Old views are worthless: if this process falls behind, the oldest messages are dropped, and polling the tables makes up for them.
    const int LongestQueue = 1_000;

    public static void AddNews(this WebApplicationBuilder builder)
    {
        builder.AddMessaging(
            bus =>
            {
                bus.AddConsumer<TakeTwinsChanged>();
                bus.AddConsumer<TakeAssetChanged>();
                bus.AddConsumer<TakeGraphChanged>();
                bus.AddConsumer<TakePoliciesChanged>();
                bus.AddConsumer<TakeFault<Contracts.Messages.AcknowledgeAlarm>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.HandleAlarm>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.RebuildTwin>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.ReplayRejection>>();
                bus.AddConsumer<TakeScenarioChanged>();
                bus.AddConsumer<TakeFault<Contracts.Messages.CancelScenario>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.RecordMaintenance>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.CorrectReadings>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.RetractReadings>>();
                bus.AddConsumer<TakeFault<Contracts.Messages.WithdrawCorrection>>();
            },
            (context, rabbit) => rabbit.ReceiveEndpoint($"query.news.{NewId.Next():N}", endpoint =>
            {
                endpoint.AutoDelete = true;
                endpoint.Durable = false;
                endpoint.PrefetchCount = 32;
                endpoint.SetQueueArgument("x-max-length", LongestQueue);
                endpoint.ConfigureConsumers(context);
            }),
            // The service answers from its tables and the log, so RabbitMQ must not decide whether it is ready.
            HealthStatus.Degraded);
        builder.Services.AddSingleton<CommandFaults>();
    }
}

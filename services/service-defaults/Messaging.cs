using Contracts.Messages;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults;

/// <summary>
/// RabbitMQ through MassTransit. The replicas of a service share its queues (<see cref="QueueNames"/>).
/// </summary>
public static class Messaging
{
    /// <summary>Registers MassTransit; it connects in the background and keeps trying, so a service starts without RabbitMQ.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="consumers">Adds the service's consumers.</param>
    /// <param name="endpoints">Adds its receive endpoints.</param>
    /// <param name="without">The service's health without RabbitMQ.</param>
    public static void AddMessaging(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator>? consumers = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? endpoints = null,
        HealthStatus without = HealthStatus.Unhealthy)
    {
        var address = builder.Configuration.RequireRabbitMq();
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<AwaitRabbitMq>(provider, address));
        builder.Services.AddHealthChecks().AddCheck<AwaitRabbitMq>("rabbitmq", without, ["ready"]);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(health => health.MinimalFailureStatus = without);
            consumers?.Invoke(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(address, host =>
                {
                    host.PublisherConfirmation = true;
                    host.OnRefreshConnectionFactory = _ => context.GetRequiredService<AwaitRabbitMq>().UntilItAnswers();
                });
                // Begins with the service's name, like all its queues, so that its account at RabbitMQ may have these and no others.
                rabbit.OverrideDefaultBusEndpointQueueName($"{builder.Environment.ApplicationName}.replies.{NewId.Next():N}");
                rabbit.SendCaller();
                endpoints?.Invoke(context, rabbit);
            });
        });
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = false);
    }

    /// <summary>
    /// Messages refused by a rule (<see cref="RuleViolationException"/>) do not go to the error queue: the sender receives the fault, and
    /// redelivery would be refused again.
    /// </summary>
    public static void DropRefused(this IReceiveEndpointConfigurator endpoint) => endpoint.ConfigureError(pipe =>
    {
        pipe.UseFilter(new GenerateFaultFilter());
        pipe.UseFilter(new MoveUnlessRefused());
    });

    sealed class MoveUnlessRefused : IFilter<ExceptionReceiveContext>
    {
        readonly IFilter<ExceptionReceiveContext> move = new ErrorTransportFilter();
        readonly IFilter<ExceptionReceiveContext> drop = new DiscardErrorTransportFilter();

        public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next) =>
            (context.Exception.GetBaseException() is RuleViolationException ? drop : move).Send(context, next);

        public void Probe(ProbeContext context) => context.CreateFilterScope("moveUnlessRefused");
    }

    /// <summary>
    /// Where senders to a queue put their messages: an exchange with a name of its own. A sender declares it and needs the right to; if it
    /// had the queue's name, that would be the right to delete the queue.
    /// </summary>
    /// <param name="queue">One of <see cref="QueueNames"/>.</param>
    public static Uri AddressOf(string queue) => new($"exchange:{EntranceOf(queue)}");

    /// <summary>Takes from a queue what others send to it.</summary>
    public static void TakeFromOthers(this IRabbitMqReceiveEndpointConfigurator endpoint, string queue) =>
        endpoint.Bind(EntranceOf(queue));

    static string EntranceOf(string queue) => $"to.{queue}";

    /// <summary>Sends a message to a queue, through the exchange in front of it (<see cref="AddressOf"/>).</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="queue">One of <see cref="QueueNames"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancel">Gives up; the broker may be unreachable.</param>
    public static async Task SendTo<T>(this IBus bus, string queue, T message, CancellationToken cancel = default)
        where T : class => await (await bus.GetSendEndpoint(AddressOf(queue))).Send(message, cancel);
}

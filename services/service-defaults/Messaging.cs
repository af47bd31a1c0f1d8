using Contracts.Messages;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults;

/// <summary>
/// RabbitMQ through MassTransit. Every message about an asset goes to the exchange <see cref="QueueNames.Assets"/> with the asset's slot as
/// routing key; the exchange's consistent hash maps each slot to one of twin-state's partition queues, each with a single active consumer.
/// </summary>
public static class Messaging
{
    /// <summary>Registers MassTransit; it connects in the background and keeps trying, so a service starts without RabbitMQ.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="consumers">Adds the service's consumers.</param>
    /// <param name="endpoints">Adds its receive endpoints.</param>
    public static void AddMessaging(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator>? consumers = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? endpoints = null)
    {
        var address = builder.Configuration.RequireRabbitMq();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            consumers?.Invoke(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(address, host => host.PublisherConfirmation = true);
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

    /// <summary>Sends a message about an asset to the owner of its slot.</summary>
    public static Task SendToOwner<T>(this IBus bus, string assetId, T message, CancellationToken cancel = default)
        where T : class => bus.SendToSlot(Slots.Of(assetId), message, cancel);

    /// <summary>Sends a message to the owner of a slot.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancel">Gives up; the broker may be unreachable.</param>
    /// <param name="timeToLive">Null: does not expire.</param>
    public static async Task SendToSlot<T>(
        this IBus bus, int slot, T message, CancellationToken cancel = default, TimeSpan? timeToLive = null)
        where T : class
    {
        var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{QueueNames.Assets}?type=x-consistent-hash"));
        await endpoint.Send(
            message,
            context =>
            {
                context.SetRoutingKey(slot.ToString(System.Globalization.CultureInfo.InvariantCulture));
                if (timeToLive is { } limit) context.TimeToLive = limit;
            },
            cancel);
    }
}

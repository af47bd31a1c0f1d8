using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace Query.Scenarios;

/// <summary>Sends commands to any free instance of simulation.</summary>
sealed class SendToSimulation(IBus bus)
{
    static readonly Uri Simulation = Messaging.AddressOf(QueueNames.Scenarios);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends a command and waits until the broker has accepted it.</summary>
    /// <returns>The command.</returns>
    /// <exception cref="TimeoutException">The broker cannot be reached.</exception>
    /// <exception cref="UnavailableException">No simulation has ever run here, so there is no queue to take the command.</exception>
    public async Task<T> Run<T>(T command, CancellationToken cancel)
        where T : class
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(Patience);
        try
        {
            var endpoint = await bus.GetSendEndpoint(Simulation);
            await endpoint.Send(
                command,
                context =>
                {
                    // Without a queue the broker would otherwise drop the command silently.
                    if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit)) rabbit.Mandatory = true;
                },
                time.Token);
            return command;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException("The message broker cannot be reached, so the command was probably not accepted.");
        }
        catch (MessageReturnedException)
        {
            throw new UnavailableException("No simulation service is running, and none has ever run here; start one and try again.");
        }
    }
}

using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Sends requests to twin-state over RabbitMQ and waits for its answers.</summary>
sealed class AskTwinState(IBusControl bus)
{
    static readonly Uri Queue = Messaging.AddressOf(QueueNames.Registrations);

    /// <summary>The answer; null if there was none in time, although the request is on its way.</summary>
    /// <exception cref="TimeoutException">The broker cannot be reached.</exception>
    public async Task<TAnswer?> Run<TRequest, TAnswer>(TRequest asked, TimeSpan patience, CancellationToken cancel)
        where TRequest : class
        where TAnswer : class
    {
        // What nobody waits for any more is carried out all the same.
        using var request = bus.CreateRequestClient<TRequest>(Queue, RequestTimeout.After(h: 1)).Create(asked, cancel);
        try
        {
            return (await request.GetResponse<TAnswer>().WaitAsync(patience, cancel)).Message;
        }
        catch (TimeoutException)
        {
            return bus.CheckHealth().Status == BusHealthStatus.Healthy ? null : throw CommandFaults.NoBroker();
        }
        catch (RequestFaultException e) when (e.Fault?.Exceptions.FirstOrDefault() is { } cause)
        {
            throw new InvalidOperationException($"{typeof(TRequest).Name} failed: {cause.Message}", e);
        }
    }
}

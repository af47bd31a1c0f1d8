using Contracts.Decisions;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Requests to simulation whose caller waits for the answer.</summary>
sealed class AskSimulation(IBus bus)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request to one of simulation's queues.</summary>
    /// <param name="queue">The queue, as <see cref="QueueNames"/> has it.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancel">Cancelled when the caller leaves.</param>
    /// <param name="patience">How long to wait; default 30 s.</param>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public async Task<TResponse> Ask<TRequest, TResponse>(
        string queue, TRequest request, CancellationToken cancel, TimeSpan? patience = null)
        where TRequest : class
        where TResponse : class
    {
        var limit = patience ?? Patience;
        try
        {
            var client = bus.CreateRequestClient<TRequest>(Messaging.AddressOf(queue), limit);
            return (await client.GetResponse<TResponse>(request, cancel)).Message;
        }
        catch (RequestTimeoutException)
        {
            throw new TimeoutException(
                $"No simulation service answered within {limit.TotalSeconds:0} s. It is safe to repeat the request.");
        }
        catch (RequestFaultException e) when (e.Fault?.Exceptions.FirstOrDefault() is { } cause)
        {
            throw new InvalidOperationException($"Simulation failed: {cause.Message}", e);
        }
    }

    /// <summary>Turns a refusal into an exception that the error table knows.</summary>
    /// <param name="refusal">What simulation answered.</param>
    /// <param name="what">What was asked for, e.g. decision.</param>
    /// <param name="id">Its id.</param>
    public static Exception Refuse(Refusal refusal, string what, string id) => refusal.Kind switch
    {
        "invalid" => new InvalidInputException(refusal.Field, refusal.Value, refusal.Message),
        "not-found" => new NotFoundException(what, id),
        _ => new RuleViolationException(refusal.Message),
    };
}

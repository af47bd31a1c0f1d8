using Contracts.Decisions;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace Query.Decisions;

/// <summary>Requests to simulation whose caller waits for the answer.</summary>
sealed class AskSimulation(IBus bus)
{
    static readonly Uri Queue = new($"exchange:{QueueNames.Decisions}");
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request that answers with a decision.</summary>
    /// <exception cref="ArgumentException">The request was refused; see <see cref="Refuse"/>.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public async Task<DecisionView> Decide<T>(T request, string id, CancellationToken cancel)
        where T : class
    {
        var answer = await Ask<T, MaintenanceDecided>(request, Patience, cancel);
        return answer.Refusal is { } refusal ? throw Refuse(refusal, id) : answer.Decision!;
    }

    /// <summary>Sends any request.</summary>
    public async Task<TResponse> Ask<TRequest, TResponse>(TRequest request, TimeSpan patience, CancellationToken cancel)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            return (await bus.CreateRequestClient<TRequest>(Queue, patience).GetResponse<TResponse>(request, cancel)).Message;
        }
        catch (RequestTimeoutException)
        {
            throw new TimeoutException(
                $"No simulation service answered within {patience.TotalSeconds:0} s. It is safe to repeat the request.");
        }
        catch (RequestFaultException e) when (e.Fault?.Exceptions.FirstOrDefault() is { } cause)
        {
            throw new InvalidOperationException($"Simulation failed: {cause.Message}", e);
        }
    }

    /// <summary>Turns a refusal into an exception that the error table knows.</summary>
    public static Exception Refuse(Refusal refusal, string id) => refusal.Kind switch
    {
        "invalid" => new InvalidInputException(refusal.Field, refusal.Value, refusal.Message),
        "not-found" => new NotFoundException("decision", id),
        _ => new RuleViolationException(refusal.Message),
    };
}

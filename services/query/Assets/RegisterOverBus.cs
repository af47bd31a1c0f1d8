using Contracts.Messages;
using MassTransit;
using Query.Api;
using Query.Registry;
using ServiceDefaults;

namespace Query.Assets;

/// <summary>Has twin-state register assets, and waits until they are known here.</summary>
sealed class RegisterOverBus(KnownAssets registry, IBusControl bus)
{
    static readonly Uri Queue = new($"exchange:{QueueNames.Registrations}");

    /// <summary>The outcomes; null if there was no answer in time, although the request is on its way.</summary>
    /// <exception cref="TimeoutException">The broker cannot be reached.</exception>
    public async Task<AssetsRegistered?> Run(IReadOnlyList<AssetRegistration> assets, TimeSpan patience, CancellationToken cancel)
    {
        using var request = bus.CreateRequestClient<RegisterAssets>(Queue, patience).Create(new(assets), cancel);
        // What nobody waits for any more is carried out all the same.
        request.TimeToLive = RequestTimeout.After(h: 1);
        try
        {
            var answer = (await request.GetResponse<AssetsRegistered>()).Message;
            await registry.Refresh(cancel);
            return answer;
        }
        catch (RequestTimeoutException)
        {
            return bus.CheckHealth().Status == BusHealthStatus.Healthy ? null : throw CommandFaults.NoBroker();
        }
        catch (RequestFaultException e) when (e.Fault?.Exceptions.FirstOrDefault() is { } cause)
        {
            throw new InvalidOperationException($"Registering failed: {cause.Message}", e);
        }
    }
}

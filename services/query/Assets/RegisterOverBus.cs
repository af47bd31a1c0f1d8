using Contracts.Messages;
using Query.Api;
using Query.Registry;

namespace Query.Assets;

/// <summary>Has twin-state register assets, and waits until they are known here.</summary>
sealed class RegisterOverBus(KnownAssets registry, AskTwinState twinState)
{
    /// <summary>The outcomes; null if there was no answer in time, although the request is on its way.</summary>
    /// <exception cref="TimeoutException">The broker cannot be reached.</exception>
    public async Task<AssetsRegistered?> Run(IReadOnlyList<AssetRegistration> assets, TimeSpan patience, CancellationToken cancel)
    {
        var answer = await twinState.Run<RegisterAssets, AssetsRegistered>(new(assets), patience, cancel);
        if (answer is not null) await registry.Refresh(cancel);
        return answer;
    }
}

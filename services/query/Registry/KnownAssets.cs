using System.Collections.Concurrent;
using Contracts.Events;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Registry;

/// <summary>All registered assets, in memory.</summary>
sealed class KnownAssets(AssetRegistry registry)
{
    readonly ConcurrentDictionary<string, string> models = new(StringComparer.Ordinal);
    readonly SemaphoreSlim refreshing = new(1);
    int begun, ended;
    Sorted? summaries;

    /// <summary>True once assets and twins have been read for the first time.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Raised when an asset is new or was registered again, at least once for each registration.</summary>
    public event Action<RegisteredAsset>? Registered;

    /// <summary>Ids of the models that assets follow or can follow; twin-state puts every shipped model into the log.</summary>
    public IReadOnlyCollection<string> Models =>
        [.. models.Keys.Concat(registry.ModelIds).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Ordered by id.</summary>
    public IEnumerable<RegisteredAsset> All => registry.All.OrderBy(a => a.Id, StringComparer.Ordinal);

    /// <summary>By id, with those whose model cannot be read.</summary>
    public IReadOnlyList<AssetSummary> Summaries
    {
        get
        {
            // Sorting all for every page would take longer than the page.
            var (known, changes) = (Volatile.Read(ref summaries), registry.Changes);
            if (known?.Changes == changes) return known.Summaries;
            AssetSummary[] sorted = [.. registry.All.Select(a => AssetSummary.Of(a, registry.FindUnreadable(a.Id)))
                .Concat(registry.Unreadable.Where(a => Find(a.Id) is null).Select(AssetSummary.Of))
                .OrderBy(a => a.Id, StringComparer.Ordinal)];
            Volatile.Write(ref summaries, new(changes, sorted));
            return sorted;
        }
    }

    /// <summary>By id, those that come after one.</summary>
    public IEnumerable<AssetSummary> SummariesAfter(string? id) =>
        id is null ? Summaries : Summaries.Where(a => string.CompareOrdinal(a.Id, id) > 0);

    public RegisteredAsset? Find(string assetId) => registry.Find(assetId);

    /// <inheritdoc cref="AssetRegistry.FindOrExplain"/>
    public RegisteredAsset? FindOrExplain(string assetId) => registry.FindOrExplain(assetId);

    /// <inheritdoc cref="AssetRegistry.Get"/>
    public RegisteredAsset Get(string assetId) => registry.Get(assetId);

    /// <inheritdoc cref="AssetRegistry.FindModel"/>
    public AssetModel? FindModel(string hash) => registry.FindModel(hash);

    /// <inheritdoc cref="AssetRegistry.ModelOf"/>
    public AssetModel ModelOf(AssetRegistered e) => registry.ModelOf(e);

    /// <inheritdoc cref="AssetRegistry.ParametersOf"/>
    public AdoptedParameters? ParametersOf(string assetId, long position, DateTimeOffset? at) =>
        registry.ParametersOf(assetId, position, at);

    /// <summary>Reads the registrations since the last call. Callers at the same time share a look into the log.</summary>
    public async Task Refresh(CancellationToken cancel)
    {
        // Only a look that begins from now on sees what the caller has heard of.
        var wanted = Volatile.Read(ref begun) + 1;
        await refreshing.WaitAsync(cancel);
        try
        {
            if (ended >= wanted) return;
            var look = ++begun;
            foreach (var asset in (await registry.Refresh(cancel)).Select(registry.Find).OfType<RegisteredAsset>())
            {
                models.TryAdd(asset.Model.Id, asset.Model.Id);
                Registered?.Invoke(asset);
            }
            ended = look;
        }
        finally
        {
            refreshing.Release();
        }
    }

    sealed record Sorted(int Changes, AssetSummary[] Summaries);
}

/// <summary>Ready once the assets are loaded.</summary>
sealed class RegistryHealth(KnownAssets assets) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancel = default) => Task.FromResult(
        assets.IsLoaded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Assets and twins are not loaded yet."));
}

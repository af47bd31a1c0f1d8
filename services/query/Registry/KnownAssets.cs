using System.Collections.Concurrent;
using Contracts.Events;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Access;
using TwinModel.Assets;

namespace Query.Registry;

/// <summary>
/// All registered assets, in memory, as the present caller may see them: what is out of its reach is not there. A command about what it may
/// only look at is refused.
/// </summary>
sealed class KnownAssets(AssetRegistry registry, ModelLog modelLog, Reach reach)
{
    readonly ConcurrentDictionary<string, string> models = new(StringComparer.Ordinal);
    readonly SemaphoreSlim refreshing = new(1);
    int begun, ended;
    Sorted? summaries;

    /// <summary>True once assets and twins have been read for the first time.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Raised when an asset is new or was registered again, at least once for each registration.</summary>
    public event Action<RegisteredAsset>? Registered;

    /// <summary>
    /// Ids of the models that the caller's assets follow or can follow; twin-state puts every shipped model into the log.
    /// </summary>
    public IReadOnlyCollection<string> Models =>
        [.. models.Keys.Concat(registry.ModelIds).Distinct().Where(IsFor).Order(StringComparer.Ordinal)];

    bool IsFor(string modelId) =>
        modelLog.Now.Book.Of(modelId) is not [.., { Tenant: { } owner }] || owner == Caller.Current.Tenant || IsShipped(modelId);

    /// <summary>Whether a model came with Pollux; an asset of its id follows it always.</summary>
    public bool IsShipped(string modelId) => modelLog.Now.Book.Of(modelId) is { IsEmpty: true }
        ? models.ContainsKey(modelId) || registry.ModelIds.Contains(modelId)
        : Texts(modelId).Count > 0;

    /// <summary>The model in force, if the caller's assets may follow it; null: there is none.</summary>
    public ModelInForce? FindInForce(string modelId)
    {
        // The asset of its id follows the shipped model; of a place, and while that asset follows a revision, the newest text counts.
        var shipped = Texts(modelId);
        var followed = registry.Find(modelId)?.Model;
        var model = followed?.Id == modelId && modelLog.Now.Book.ByHash(followed.Hash) is null
            ? followed
            : shipped.Reverse().Select(t => registry.ReadModel(t.ModelHash)).FirstOrDefault(m => m is not null);
        return ModelInForce.Of(model, modelLog.Revised(modelId, registry));
    }

    // Those that came with Pollux.
    IReadOnlyList<ModelRegistered> Texts(string modelId) =>
        [.. registry.TextsOf(modelId).Where(t => modelLog.Now.Book.ByHash(t.ModelHash) is null)];

    /// <summary>All versions of a model whose text the log holds, oldest first, each with its revision if it was put in force at run
    /// time.</summary>
    public IReadOnlyList<(ModelRegistered Text, ModelRevised? Revision)> VersionsOf(string modelId) =>
        [.. registry.TextsOf(modelId).Select(t => (t, modelLog.Now.Book.ByHash(t.ModelHash)))];

    /// <summary>The model of an asset, also one that the caller may not see: a rule may be about it.</summary>
    public AssetModel? ModelOfAny(string assetId) => registry.Find(assetId)?.Model;

    /// <inheritdoc cref="AssetRegistry.ReadModel"/>
    public AssetModel? ReadModel(string hash) => registry.ReadModel(hash);

    /// <summary>Whether the caller may see a text of a model.</summary>
    public bool IsModelVisible(string hash) => modelLog.Now.Book.IsVisible(hash, Caller.Current.Tenant);

    /// <summary>The assets of the caller's tenant that follow a model, by id, for who wants to change all of them.</summary>
    /// <exception cref="ForbiddenException">The policies do not let the caller change them all.</exception>
    public IReadOnlyList<RegisteredAsset> FollowersOf(string modelId)
    {
        var caller = Caller.Current;
        List<RegisteredAsset> followers = [.. registry.All.Where(a => a.Model.Id == modelId && a.Tenant == caller.Tenant)
            .OrderBy(a => a.Id, StringComparer.Ordinal)];
        return followers.TrueForAll(a => reach.Of(caller, a.Id) >= Right.Write)
            ? followers
            : throw new ForbiddenException(
                $"The policies do not let {caller.Actor} write all assets that follow {modelId}, so not their model either.");
    }

    /// <summary>Ordered by id.</summary>
    public IEnumerable<RegisteredAsset> All => registry.All.Where(a => IsVisible(a.Id)).OrderBy(a => a.Id, StringComparer.Ordinal);

    /// <summary>Whether the caller may see an asset, known or not.</summary>
    public bool IsVisible(string assetId) => reach.Of(Caller.Current, assetId) >= Right.Read;

    /// <summary>
    /// The ids of the assets that the caller may see, for a query that is to find nothing else; null: whatever there is.
    /// </summary>
    public string[]? Visible => reach.IsEverything(Caller.Current) ? null : [.. Summaries.Select(a => a.Id)];

    /// <summary>Finds something that belongs to an asset, unless the caller may not.</summary>
    /// <param name="assetId">The asset that it belongs to.</param>
    /// <param name="kind">What it is, for the message.</param>
    /// <param name="id">Its identity.</param>
    /// <exception cref="NotFoundException">The caller may not see it.</exception>
    /// <exception cref="ForbiddenException">The caller may see it, and asks for more.</exception>
    public void Guard(string assetId, string kind, string id)
    {
        if (!Reaches(assetId)) throw new NotFoundException(kind, id);
    }

    /// <summary>Whether the caller may register an asset with this id, or again.</summary>
    /// <param name="assetId">The id.</param>
    /// <param name="labels">Its labels; null: those that it has.</param>
    /// <exception cref="RuleViolationException">The id is that of an asset that the caller may not see.</exception>
    /// <exception cref="ForbiddenException">The policies do not let the caller change it.</exception>
    public void GuardRegistration(string assetId, IReadOnlyDictionary<string, string>? labels)
    {
        var caller = Caller.Current;
        if (caller.Subject is null) return;
        var isKnown = reach.Guarded(assetId) is not null;
        if (isKnown && !Reaches(assetId)) throw new RuleViolationException($"The id {assetId} is not free; take another.");
        // Nor may somebody give an asset away by labels that are not his.
        if ((!isKnown || labels is not null)
            && reach.Of(caller, new GuardedAsset(assetId, caller.Tenant, labels ?? AssetSummary.NoLabels)) < Right.Write)
            throw new ForbiddenException($"No policy lets {caller.Actor} write {assetId} with these labels.");
    }

    bool Reaches(string assetId) => reach.Includes(Caller.Current, assetId);

    /// <summary>By id, with those whose model cannot be read.</summary>
    public IEnumerable<AssetSummary> Summaries => reach.IsEverything(Caller.Current) ? Every : Every.Where(a => IsVisible(a.Id));

    /// <summary>Those of everybody, for what is about the whole system.</summary>
    public IReadOnlyList<AssetSummary> Every
    {
        get
        {
            // Sorting all for every page would take longer than the page.
            var (known, changes) = (Volatile.Read(ref summaries), registry.Changes);
            if (known?.Changes == changes) return known.Summaries;
            AssetSummary[] sorted = [.. registry.All.Select(a => AssetSummary.Of(a, registry.FindUnreadable(a.Id)))
                .Concat(registry.Unreadable.Where(a => registry.Find(a.Id) is null).Select(AssetSummary.Of))
                .OrderBy(a => a.Id, StringComparer.Ordinal)];
            Volatile.Write(ref summaries, new(changes, sorted));
            return sorted;
        }
    }

    /// <summary>By id, those that come after one.</summary>
    public IEnumerable<AssetSummary> SummariesAfter(string? id) =>
        id is null ? Summaries : Summaries.Where(a => string.CompareOrdinal(a.Id, id) > 0);

    /// <exception cref="ForbiddenException">The caller may see it, and asks for more.</exception>
    public RegisteredAsset? Find(string assetId) => Reaches(assetId) ? registry.Find(assetId) : null;

    /// <inheritdoc cref="AssetRegistry.FindOrExplain"/>
    /// <exception cref="ForbiddenException">The caller may see it, and asks for more.</exception>
    public RegisteredAsset? FindOrExplain(string assetId) => Reaches(assetId) ? registry.FindOrExplain(assetId) : null;

    /// <inheritdoc cref="AssetRegistry.Get"/>
    /// <exception cref="ForbiddenException">The caller may see it, and asks for more.</exception>
    public RegisteredAsset Get(string assetId) => FindOrExplain(assetId) ?? throw new NotFoundException("asset", assetId);

    /// <summary>The asset that a list is limited to; null if it is limited to none, or to one of which no model can be read.</summary>
    /// <param name="assetId">Its id; nothing: no limit.</param>
    /// <exception cref="NotFoundException">There is no such asset, or the caller may not see it.</exception>
    public RegisteredAsset? Only(string? assetId)
    {
        if (string.IsNullOrEmpty(assetId)) return null;
        var isVisible = Reaches(assetId);
        if (isVisible && registry.Find(assetId) is { } asset) return asset;
        if (isVisible && registry.FindUnreadable(assetId) is not null) return null;
        throw new NotFoundException("asset", assetId)
        {
            Offending = new("asset", ShownText.Of(assetId), "the id of a registered asset that the caller may see"),
        };
    }

    /// <summary>Checks the model that a list is limited to; nothing: no limit.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public void CheckModel(string? modelId)
    {
        if (!string.IsNullOrEmpty(modelId) && !Models.Contains(modelId))
            throw new NotFoundException("model", modelId)
            {
                Offending = new("model", ShownText.Of(modelId), $"the id of a model: {string.Join(", ", Models)}"),
            };
    }

    /// <inheritdoc cref="Only"/>
    /// <remarks>Also what stands in the log for the asset of payloads that name none.</remarks>
    public void OnlyOrReserved(string? assetId)
    {
        if (assetId != AssetId.Reserved) Only(assetId);
    }

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
            // Before the texts, which are in the log before the events that name them.
            await modelLog.Refresh(cancel);
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

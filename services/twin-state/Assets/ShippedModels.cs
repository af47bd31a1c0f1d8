using Contracts.Messages;
using ServiceDefaults;
using TwinModel.Assets;

namespace TwinState.Assets;

/// <summary>
/// The models in the directory <c>Assets:Directory</c>, read once at startup; an invalid one stops the service with file, line and path.
/// </summary>
sealed class ShippedModels(IConfiguration configuration)
{
    readonly Dictionary<string, AssetModel> models = ReadAssetModel
        .FromDirectory(configuration["Assets:Directory"]!)
        .ToDictionary(m => m.Id);

    public IEnumerable<AssetModel> All => models.Values;

    public AssetModel? Find(string id) => models.GetValueOrDefault(id);
}

/// <summary>The models in force: those that are shipped, and the higher versions of them and other models that were put in force at run
/// time.</summary>
sealed class ModelsInForce(ShippedModels shipped, ModelLog log, AssetRegistry registry)
{
    /// <summary>Reads on from the log.</summary>
    public async Task<ModelBook> Refresh(CancellationToken cancel)
    {
        var book = (await log.Refresh(cancel)).Book;
        if (book.Newest.Any(r => !registry.HasModel(r.ModelHash))) await registry.Refresh(cancel);
        return book;
    }

    /// <summary>The model as of the last <see cref="Refresh"/>, whosoever it is.</summary>
    public ModelInForce? Find(string id) => ModelInForce.Of(shipped.Find(id), log.Revised(id, registry));

    /// <summary>The model, if assets of a tenant may follow it.</summary>
    public AssetModel? Find(string id, string? tenant) =>
        Find(id) is { } found && (found.Tenant is null || found.Tenant == tenant) ? found.Model : null;

    public bool IsShipped(string id) => shipped.Find(id) is not null;

    /// <summary>What is in force of a shipped model is its file.</summary>
    public bool IsAsShipped(AssetModel model) => Find(model.Id)?.Model.Hash == model.Hash;
}

/// <summary>
/// Refreshes the registry from the log and registers one asset per shipped model of a machine, under the model's id. Models of places are
/// only put into the log, where query finds them.
/// </summary>
sealed partial class RegisterShippedAssets(
    ShippedModels models, ModelsInForce inForce, AssetRegistry registry, RegisterAssets register, ILogger<RegisterShippedAssets> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        do
        {
            try
            {
                await registry.Refresh(cancel);
                await inForce.Refresh(cancel);
                // An unreadable newest model, e.g. from a version that was rolled back, is replaced by the one shipped now.
                var missing = models.All.Where(IsRegistered).Where(IsMissing).ToList();
                if (missing.Count > 0)
                    await register.Run([.. missing.Select(m => new AssetRegistration(m.Id, null, m.Id))], null, cancel);
                await register.Publish([.. models.All.Where(m => m.IsPlace && !registry.HasModel(m.Hash))], null, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotYet(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    // Who revised a model also moves its assets, as far as they can follow.
    bool IsMissing(AssetModel model) => KnownRegistration.Of(registry, model.Id)?.ModelHash is not { } hash
        || (hash != model.Hash && inForce.IsAsShipped(model));

    // A place has the id of its model only if somebody wanted it so; an older machine of that id stays what it is.
    bool IsRegistered(AssetModel model) => !model.IsPlace || registry.Find(model.Id)?.Model.Id == model.Id;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Assets could not be registered yet: {Reason}")]
    partial void LogNotYet(string reason);
}

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

/// <summary>
/// Refreshes the registry from the log and registers one asset per shipped model of a machine, under the model's id. Models of places are
/// only put into the log, where query finds them.
/// </summary>
sealed partial class RegisterShippedAssets(
    ShippedModels models, AssetRegistry registry, RegisterAssets register, ILogger<RegisterShippedAssets> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        do
        {
            try
            {
                await registry.Refresh(cancel);
                // An unreadable newest model, e.g. from a version that was rolled back, is replaced by the one shipped now.
                var missing = models.All.Where(IsRegistered).Where(m => KnownRegistration.Of(registry, m.Id)?.ModelHash != m.Hash).ToList();
                if (missing.Count > 0)
                    await register.Run([.. missing.Select(m => new AssetRegistration(m.Id, null, m.Id))], null, cancel);
                await register.Publish([.. models.All.Where(m => m.IsPlace && !registry.HasModel(m.Hash))], cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotYet(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    // A place has the id of its model only if somebody wanted it so; an older machine of that id stays what it is.
    bool IsRegistered(AssetModel model) => !model.IsPlace || registry.Find(model.Id)?.Model.Id == model.Id;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Assets could not be registered yet: {Reason}")]
    partial void LogNotYet(string reason);
}

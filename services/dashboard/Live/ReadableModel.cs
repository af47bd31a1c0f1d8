using TwinModel.Assets;

namespace Dashboard.Live;

/// <summary>
/// An asset's model as far as this dashboard can read it. The reader is strict, so a model with sections or fields newer than this
/// dashboard is not read at all; components, sensors and limits come from query, which is as new as the model. Pure.
/// </summary>
/// <param name="Model">Null if it cannot be read.</param>
/// <param name="Misread">The first thing that was not understood; null if everything was.</param>
sealed record ReadableModel(AssetModel? Model, string? Misread)
{
    public static ReadableModel Of(string yaml, string name)
    {
        try
        {
            return new(ReadAssetModel.FromText(yaml, name), null);
        }
        catch (InvalidModelException e)
        {
            return new(null, $"{e.Problems[0]}");
        }
    }
}

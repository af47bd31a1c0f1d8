using System.ComponentModel;
using System.Globalization;
using Contracts.Calibrations;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Estimation;

namespace Query.Calibrations;

/// <summary>The parameters that a machine's physics has, as of any time and log position.</summary>
sealed class GetParameters(KnownAssets registry, FindPast find, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/twins/{id}/parameters", (
            string id,
            GetParameters parameters,
            [Description("The parameters in force at this time, in ISO 8601, from the asset's registration up to now; default: now.")]
            string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt,
            CancellationToken cancel) => parameters.Run(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel))
        .WithTags("Calibrations").WithName("getParameters")
        .WithSummary("The parameters of a machine that can be learned: of its model, or of the calibration in force")
        .WithDescription(
            "Parameters belong to a revision of the model: after a registration with another one the machine has the values of that model "
                + "until a calibration for it is adopted. 404 when the model has no section 'estimation'.");

    /// <exception cref="NotFoundException">No such asset at that position, or its model has no parameters that can be learned.</exception>
    /// <exception cref="InvalidInputException">A time in the future or before the registration, or a position beyond the log.</exception>
    public async Task<ParametersView> Run(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        Check(registry.Get(assetId), validAt, time.GetUtcNow());
        var moment = await find.Moment(null, knownAt, cancel);
        // What was adopted just now may not have been read yet.
        await registry.Refresh(cancel);
        var asset = registry.Get(assetId);
        NotYet.Check(asset, moment);
        return Of(assetId, asset.Model, registry.ParametersOf(assetId, moment.KnownAt, validAt));
    }

    /// <exception cref="NotFoundException">The model has no parameters that can be learned.</exception>
    /// <exception cref="InvalidInputException">The time is in the future or before the registration.</exception>
    public static void Check(RegisteredAsset asset, DateTimeOffset? validAt, DateTimeOffset now)
    {
        if (asset.Model.Estimation is null)
            throw new NotFoundException("parameter to learn of", asset.Id, $"its model '{asset.Model.Id}' has no section 'estimation'");
        if (validAt < asset.RegisteredAt || validAt > now + Input.Ahead)
            throw new InvalidInputException("validAt", validAt, string.Create(
                CultureInfo.InvariantCulture,
                $"a time from the asset's registration ({asset.RegisteredAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFFFFZ}) up to now "
                    + $"({now.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFFFFZ})"));
    }

    /// <summary>The model's values, replaced by those adopted for this revision of it. Pure.</summary>
    public static ParametersView Of(string assetId, AssetModel model, AdoptedParameters? adopted)
    {
        var set = adopted?.Parameters is { } learned && learned.ModelHash == model.Hash ? learned : null;
        var calibrated = (set?.Values ?? []).ToDictionary(v => v.Id);
        return new(
            assetId, model.Id, model.Hash, set?.CalibrationId, set is null ? null : adopted!.Since, set is null ? null : adopted!.By,
            [.. LearnableParameters.Of(model).Select(p => calibrated.TryGetValue(p.Id, out var v)
                ? new ParameterValueView(p.Id, p.Unit, v.Value, v.LogDeviation, p.Value, IsCalibrated: true)
                : new(p.Id, p.Unit, p.Value, p.RelativeDeviation, p.Value, IsCalibrated: false))]);
    }
}

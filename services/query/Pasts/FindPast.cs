using Contracts.Calibrations;
using Contracts.Events;
using Marten;
using Query.Api;
using Query.Assets;
using Query.Events;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Query.Pasts;

/// <summary>An asset as of a past time, from what the log held up to a position.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Model">Its model then.</param>
/// <param name="Corrections">The corrections of its readings known then.</param>
/// <param name="Parameters">The calibration in force then; null: the model's own values.</param>
/// <param name="RegisteredAt">Its first registration.</param>
/// <param name="ValidAt">What was true at this time.</param>
/// <param name="KnownAt">The position.</param>
/// <param name="KnownAtTime">When that position was appended.</param>
sealed record PastAsset(
    string Id, string Name, AssetModel Model, Corrections Corrections, ParameterSet? Parameters, DateTimeOffset RegisteredAt,
    DateTimeOffset ValidAt, long KnownAt, DateTimeOffset KnownAtTime)
{
    /// <summary>The moment.</summary>
    public PastMoment Moment => new(ValidAt, KnownAt, KnownAtTime);
}

/// <summary>What was true at a time, as far as the log held it up to a position.</summary>
/// <param name="ValidAt">What was true at this time.</param>
/// <param name="KnownAt">The position.</param>
/// <param name="KnownAtTime">When that position was appended.</param>
readonly record struct PastMoment(DateTimeOffset ValidAt, long KnownAt, DateTimeOffset KnownAtTime);

/// <summary>Finds an asset as of some time.</summary>
sealed class FindPast(IDocumentStore store, LogReader log, FindPosition find, KnownAssets registry, TimeProvider time)
{
    /// <exception cref="NotFoundException">The asset was not known at that position.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    /// <exception cref="RuleViolationException">The model can no longer be read.</exception>
    public async Task<PastAsset> Run(string assetId, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        _ = registry.Get(assetId);
        return await Run(assetId, await Moment(validAt, knownAt, cancel), cancel);
    }

    /// <summary>The moment that is asked for; the present for what is left out.</summary>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<PastMoment> Moment(
        DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel, string validName = "validAt", string knownName = Input.KnownAt)
    {
        if (validAt is { } at) Input.NotAfter(validName, at, time.GetUtcNow(), Input.SamplesAhead);
        var known = await find.Run(knownAt, cancel, knownName);
        return new(validAt ?? (knownAt is null ? time.GetUtcNow() : known.Time), known.Position, known.Time);
    }

    /// <exception cref="NotFoundException">The asset was not known at that position.</exception>
    /// <exception cref="RuleViolationException">The model can no longer be read.</exception>
    public async Task<PastAsset> Run(string assetId, PastMoment moment, CancellationToken cancel)
    {
        var asset = registry.Get(assetId);
        await using var session = store.QuerySession();
        var registrations = (await session.Events.FetchStreamAsync(Streams.Asset(assetId), token: cancel))
            .Where(e => e.Sequence <= moment.KnownAt).Select(e => e.Data).OfType<AssetRegistered>().ToList();
        if (registrations.Count == 0) throw new NotFoundException("asset", $"{assetId} at log position {moment.KnownAt}");
        var model = ModelOf(asset, registrations);
        // What was adopted just now may not have been read yet.
        if (model.Estimation is not null) await registry.Refresh(cancel);
        return new(
            assetId, registrations[^1].Name, model, await log.CorrectionsOf(assetId, model, moment.KnownAt, cancel),
            registry.ParametersOf(assetId, moment.KnownAt, null)?.Parameters,
            registrations[0].RegisteredAt, moment.ValidAt, moment.KnownAt, moment.KnownAtTime);
    }

    // The newest readable model, as for the live twin.
    AssetModel ModelOf(RegisteredAsset asset, List<AssetRegistered> registrations)
    {
        Exception? refused = null;
        foreach (var registered in Enumerable.Reverse(registrations))
        {
            try
            {
                return registered.ModelHash == asset.Model.Hash
                    ? asset.Model
                    : registry.ModelOf(registered);
            }
            catch (InvalidModelException e)
            {
                refused ??= e;
            }
        }
        throw new RuleViolationException($"The model that {asset.Id} had at that time can no longer be read: {refused!.Message}");
    }
}

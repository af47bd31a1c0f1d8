using System.Text.Json;
using Contracts.Messages;
using Npgsql;
using Query.Registry;
using Query.Twins;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Graphs;
using TwinModel.Twins;

namespace Query.Models;

/// <summary>Says what a revision of a model means for the assets that follow it. Writes nothing.</summary>
sealed class PreviewRevision(KnownAssets assets, TwinGraph graph, LiveTwins twins, NpgsqlDataSource source)
{
    const int MostChanges = 500;
    const int MostEffects = 100;

    /// <exception cref="ServiceDefaults.Access.ForbiddenException">The caller may not change all of the assets.</exception>
    public async Task<ModelRevision> Run(AssetModel next, CancellationToken cancel)
    {
        await assets.Refresh(cancel);
        var inForce = assets.FindInForce(next.Id);
        var earlier = assets.VersionsOf(next.Id).Select(v => assets.ReadModel(v.Text.ModelHash)).OfType<AssetModel>();
        var problems = DecideModel.WhyNot(inForce, earlier, next, Caller.Current.Tenant);
        // Another tenant's model is not compared with.
        if (inForce is not null && inForce.Tenant != Caller.Current.Tenant)
            return new(next.Id, next.Version, next.Hash, null, true, [], problems, 0, 0, [], [], 0);
        List<RegisteredAsset> moving = [.. assets.FollowersOf(next.Id).Where(a => a.Model.Hash != next.Hash)];
        var orphans = await Orphans(next, moving, cancel);
        var book = (await graph.Refresh(cancel)).Book;
        List<EffectOnAsset> effects = [.. moving.Select(a => Effect(a, next, book, orphans[a.Id]))];
        var changes = inForce?.Model.Hash == next.Hash ? [] : CompareModels.Of(inForce?.Model, next);
        return new(
            next.Id, next.Version, next.Hash, inForce?.Model.Version, true, [.. changes.Take(MostChanges)],
            [.. problems, .. effects.Select(e => e.Problem).OfType<string>().Take(MostEffects)], moving.Count, 0,
            [.. effects.SelectMany(e => e.OrphanedAlarms)], [.. effects.OrderBy(IsPlain).Take(MostEffects)], 0);
    }

    static bool IsPlain(EffectOnAsset e) =>
        e.OrphanedAlarms.Count == 0 && e.LostCalibration is null && e.RemovedSensors.Count == 0 && e.Problem is null;

    EffectOnAsset Effect(RegisteredAsset asset, AssetModel next, RelationshipBook book, IEnumerable<string> orphans)
    {
        var calibration = assets.ParametersOf(asset.Id, long.MaxValue, null)?.Parameters;
        var removed = CompareModels.RemovedSensors(asset.Model, next).Select(s => s.Id).ToHashSet();
        var sensors = removed.Count == 0 ? [] : twins.Find(asset.Id)?.View.Sensors ?? [];
        return new(
            asset.Id, asset.Name, asset.Model.Version, [.. orphans],
            calibration?.ModelHash == asset.Model.Hash ? calibration.CalibrationId : null,
            [.. sensors.Where(s => removed.Contains(s.Id) && s.Readings > 0)
                .Select(s => new SilencedSensor(s.Id, s.Readings, s.SampledAt))],
            DecideRelationship.WhyNotFollow(book, asset.Id, next, id => assets.ModelOfAny(id)));
    }

    async Task<ILookup<string, string>> Orphans(AssetModel next, List<RegisteredAsset> moving, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select view from {ReadModels.Alarm}
            where asset_id = any($1) and state in ('active', 'active-acknowledged') order by raised_at, alarm_id
            """);
        command.Parameters.Add(new() { Value = moving.Select(a => a.Id).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<AlarmView> orphans = [];
        while (await reader.ReadAsync(cancel))
            if (JsonSerializer.Deserialize<AlarmView>(reader.GetString(0), JsonSerializerOptions.Web) is { } alarm
                && DecideAlarms.IsOrphan(next, alarm)) orphans.Add(alarm);
        return orphans.ToLookup(a => a.AssetId, a => a.Id);
    }
}

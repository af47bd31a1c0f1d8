using System.ComponentModel;
using System.Text.Json;
using Contracts.Events;
using Contracts.Health;
using Npgsql;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Health;
using TwinModel.Prognostics;

namespace Query.Health;

/// <summary>The condition of parts: the current one as twin-state saved it, the past from the log.</summary>
sealed class GetHealth(NpgsqlDataSource source, KnownAssets registry, PastEvents log, FindPast past, FoldHealth fold)
{
    const int MostAssessments = 200;

    static readonly Type[] Types =
        [typeof(ConditionChanged), typeof(HealthAssessed), typeof(ComponentReplaced), typeof(FailureOccurred)];

    public static void Map(IEndpointRouteBuilder twins) => twins
        .MapGet("/{id}/health", (
            string id, GetHealth get, [Description("Only this part; default: all wearing parts.")] string? component,
            [Description("The condition as of this time, in ISO 8601: uses only readings sampled up to it.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt, CancellationToken cancel) => get.Run(
                id, component, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithName("getHealth").WithSummary("Condition of the wearing parts: level, trend, remaining life")
        .WithDescription(
            "Levels are learning, healthy, degrading and critical. A remaining life is a distribution: the days by which 5 to 95 % of such "
                + "parts have failed; if there is no assessment, cannotSay tells why. Past assessments are scored once a part has failed. "
                + "With validAt or knownAt, the condition is computed again from the log.");

    /// <exception cref="NotFoundException">No such asset.</exception>
    /// <exception cref="InvalidInputException">The model has no degradation for that component.</exception>
    public async Task<HealthAnswer> Run(
        string assetId, string? component, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        if (validAt is not null || knownAt is not null)
            return await Then(await past.Run(assetId, validAt, knownAt, cancel), component, cancel);
        var model = registry.Get(assetId).Model;
        if (!string.IsNullOrEmpty(component)) WornPart.Check(model, component, "component");
        var views = await Views(assetId, cancel);
        var events = await EventsOf(assetId, cancel);
        var (health, parts) = (new AssetHealth(model), new List<PartAnswer>());
        foreach (var empty in ViewHealth.Of(assetId, health, HealthBook.Empty, 0)
            .Where(v => string.IsNullOrEmpty(component) || v.Component == component))
        {
            // Nothing is saved before the first reading.
            var view = views.GetValueOrDefault(empty.Component);
            parts.Add(Answer(view is null || view.ModelHash != model.Hash ? empty : view, events));
        }
        return new(assetId, parts);
    }

    async Task<HealthAnswer> Then(PastAsset asset, string? component, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(component)) WornPart.Check(asset.Model, component, "component");
        var events = await EventsOf(asset.Id, cancel, asset.Moment);
        var views = await fold.Run(asset, events, cancel);
        // Imports may bring sample times from before the registration; without any, the asset was not known then.
        if (asset.ValidAt < asset.RegisteredAt && views.All(v => v.Position == 0))
            throw NotYet.Asset(asset);
        var wanted = views.Where(v => string.IsNullOrEmpty(component) || v.Component == component);
        return new(asset.Id, [.. wanted.Select(v => Answer(v, events))]);
    }

    /// <summary>The saved views of an asset's parts.</summary>
    public async Task<Dictionary<string, HealthView>> Views(string assetId, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select component, view from {ReadModels.Health} where asset_id = $1");
        command.Parameters.Add(new() { Value = assetId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Dictionary<string, HealthView> views = [];
        while (await reader.ReadAsync(cancel))
            views[reader.GetString(0)] = JsonSerializer.Deserialize<HealthView>(reader.GetString(1), JsonSerializerOptions.Web)!;
        return views;
    }

    /// <summary>Health events of an asset in log order: all, or those of some time.</summary>
    public async Task<List<object>> EventsOf(string assetId, CancellationToken cancel, PastMoment? moment = null) =>
        await log.Of([assetId], Types, moment, cancel).Select(e => e.Data).ToListAsync(cancel);

    static PartAnswer Answer(HealthView view, List<object> all)
    {
        var component = view.Component;
        var events = all.Where(e => ComponentOf(e) == component).ToList();
        var scored = ScorePredictions.Of(events);
        return new(
            view,
            [.. events.OfType<HealthAssessed>().Reverse().Take(MostAssessments).Select(Prognoses.View)],
            [.. events.OfType<ConditionChanged>().Reverse()
                .Select(c => new LevelChange(c.ChangedAt, c.From, c.To, c.Value, c.Score, c.ChartSum, c.ChangedAfter, c.FalseAlarmDays))],
            [.. events.Select(Record).OfType<MaintenanceRecord>().Reverse()],
            Score(scored?.Failures, scored?.All), Score(scored?.Failures, scored?.WhileDegrading));
    }

    static ScoreAnswer? Score(int? failures, PredictionScore? s) =>
        s is null ? null : new(s.Count, failures ?? 0, s.Coverage50, s.Coverage90, s.MeanAbsoluteErrorDays, s.BiasDays, s.UniformP);

    static string ComponentOf(object e) => e switch
    {
        ConditionChanged c => c.Component,
        HealthAssessed a => a.Component,
        ComponentReplaced r => r.Component,
        FailureOccurred f => f.Component,
        _ => "",
    };

    static MaintenanceRecord? Record(object e) => e switch
    {
        ComponentReplaced r => new(r.ReplacedAt, "replaced", r.RecordedBy, r.Comment),
        FailureOccurred f => new(f.FailedAt, "failed", f.RecordedBy, f.Comment),
        _ => null,
    };
}

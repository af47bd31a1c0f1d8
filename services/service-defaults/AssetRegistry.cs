using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Diagnostics.Metrics;
using Contracts.Calibrations;
using Contracts.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using TwinModel.Assets;

namespace ServiceDefaults;

/// <summary>A registered asset with its model as of the newest registration that could be read.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Name">Display name.</param>
/// <param name="Model">Its model, read from the registration, not from a file.</param>
/// <param name="RegisteredAt">Time of the first registration; nothing about the asset is recorded before it.</param>
/// <param name="Position">Log position of the newest readable registration.</param>
/// <param name="FirstPosition">Log position of the first registration; before it the asset was not known.</param>
public sealed record RegisteredAsset(
    string Id, string Name, AssetModel Model, DateTimeOffset RegisteredAt, long Position, long FirstPosition)
{
    /// <summary>Its labels, by key.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whose it is; null: of those who have no tenant.</summary>
    public string? Tenant { get; init; }
}

/// <summary>An asset whose newest registration holds a model that this version rejects, written by an older or newer version.</summary>
/// <param name="Registration">The registration with that model.</param>
/// <param name="RegisteredAt">The first registration.</param>
/// <param name="Position">Log position of the registration.</param>
/// <param name="FirstPosition">Log position of the first registration.</param>
/// <param name="Reason">What is wrong with the model.</param>
public sealed record UnreadableAsset(
    AssetRegistered Registration, DateTimeOffset RegisteredAt, long Position, long FirstPosition, string Reason)
{
    /// <summary>The asset.</summary>
    public string Id => Registration.AssetId;

    /// <summary>Message for callers that ask for the asset or send its readings.</summary>
    public string Explanation =>
        $"The model of asset '{Id}', registered at log position {Position}, cannot be read: {Reason}. Register the asset again.";
}

/// <summary>What was decided about the parameters of an asset.</summary>
/// <param name="Position">Log position of the decision.</param>
/// <param name="Since">When it was taken.</param>
/// <param name="By">Who took it.</param>
/// <param name="Parameters">The parameters in force since; null: the model's own.</param>
public sealed record AdoptedParameters(long Position, DateTimeOffset Since, string By, ParameterSet? Parameters);

/// <summary>
/// The assets in the log. <see cref="Refresh"/> reads registrations since the last call. A model that cannot be read affects only its
/// asset, which keeps its previous model, or is reported as unreadable until it is registered again.
/// </summary>
public sealed partial class AssetRegistry
{
    const int MostProblemsNamed = 3;

    static readonly string[] Types = [.. new[]
    {
        typeof(AssetRegistered), typeof(ModelRegistered), typeof(CalibrationAdopted), typeof(CalibrationRolledBack),
    }.Select(t => EventLog.EventNames[t])];

    readonly NpgsqlDataSource source;
    readonly LogReader log;
    readonly ILogger<AssetRegistry> logger;
    readonly ConcurrentDictionary<string, RegisteredAsset> assets = new();
    readonly ConcurrentDictionary<string, UnreadableAsset> unreadable = new();
    readonly ConcurrentDictionary<string, AssetModel> models = new();
    readonly ConcurrentDictionary<string, ModelRegistered> texts = new();
    readonly ConcurrentDictionary<string, ImmutableList<AdoptedParameters>> adopted = new();
    readonly SemaphoreSlim refreshing = new(1);
    long scannedTo;
    int changes;

    /// <summary>An empty registry.</summary>
    public AssetRegistry(NpgsqlDataSource source, LogReader log, IMeterFactory meters, ILogger<AssetRegistry> logger)
    {
        (this.source, this.log, this.logger) = (source, log, logger);
        meters.Create("Pollux").CreateObservableGauge(
            "pollux.assets.unreadable", () => unreadable.Count, "{asset}", "Assets whose newest model cannot be read");
    }

    /// <summary>True after the first successful <see cref="Refresh"/>.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Log position up to which everything was read.</summary>
    public long ReadTo => Volatile.Read(ref scannedTo);

    /// <summary>Increases with every registration processed; a change means that earlier verdicts have to be re-evaluated.</summary>
    public int Changes => Volatile.Read(ref changes);

    /// <summary>All assets with a readable model, in no particular order.</summary>
    public ICollection<RegisteredAsset> All => assets.Values;

    /// <summary>Assets whose newest model cannot be read, even if a previous one is still in use.</summary>
    public ICollection<UnreadableAsset> Unreadable => unreadable.Values;

    /// <summary>The asset with this id, or null.</summary>
    public RegisteredAsset? Find(string id) => assets.GetValueOrDefault(id);

    /// <summary>The asset with this id if its newest registration cannot be read, or null.</summary>
    public UnreadableAsset? FindUnreadable(string id) => unreadable.GetValueOrDefault(id);

    /// <summary>True if an asset of this or an earlier time belongs to a tenant.</summary>
    public bool HasTenants { get; private set; }

    /// <summary>The asset with this id.</summary>
    /// <exception cref="RuleViolationException">None of its models can be read.</exception>
    /// <exception cref="NotFoundException">It is not registered.</exception>
    public RegisteredAsset Get(string id) => FindOrExplain(id) ?? throw new NotFoundException("asset", id);

    /// <summary>The asset with this id; null when it is not registered.</summary>
    /// <exception cref="RuleViolationException">None of its models can be read.</exception>
    public RegisteredAsset? FindOrExplain(string id) =>
        Find(id) ?? (FindUnreadable(id) is { } asset ? throw new RuleViolationException(asset.Explanation) : null);

    /// <summary>Reads new registrations from the log.</summary>
    /// <returns>Ids of the assets that they are about; now and then one that was returned before.</returns>
    public async Task<IReadOnlyCollection<string>> Refresh(CancellationToken cancel = default)
    {
        HashSet<string> read = [];
        await refreshing.WaitAsync(cancel);
        try
        {
            var end = await log.Position(cancel);
            // First call: the few asset streams. Later calls: events after the safe position of the previous call. Both also take what is
            // above the safe position already: somebody may have been told of it.
            await using var command = source.CreateCommand(scannedTo == 0
                ? $"select e.seq_id, e.data, e.type from {LogReader.AfterEach} where e.type = any($3) order by e.seq_id"
                : "select seq_id, data, type from events.mt_events where seq_id > $1 and type = any($2) order by seq_id");
            if (scannedTo > 0) command.Parameters.AddRange((NpgsqlParameter[])[new() { Value = scannedTo }, new() { Value = Types }]);
            else command.Parameters.AddRange((NpgsqlParameter[])
                [.. LogReader.AfterEachParameters(await AssetStreams(cancel)), new() { Value = Types }]);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                if (Take(reader.GetInt64(0), reader.GetString(2), reader.GetString(1)) is { } assetId) read.Add(assetId);
            }
            scannedTo = end;
            IsLoaded = true;
            return read;
        }
        finally
        {
            refreshing.Release();
        }
    }

    // The asset that was registered; null for every other event.
    string? Take(long position, string type, string json)
    {
        if (type == EventLog.EventNames[typeof(ModelRegistered)])
        {
            var model = EventLog.Read<ModelRegistered>(json);
            texts[model.ModelHash] = model;
        }
        else if (type == EventLog.EventNames[typeof(AssetRegistered)])
        {
            var registered = EventLog.Read<AssetRegistered>(json);
            Take(position, registered);
            return registered.AssetId;
        }
        else if (type == EventLog.EventNames[typeof(CalibrationAdopted)])
        {
            var e = EventLog.Read<CalibrationAdopted>(json);
            Take(e.AssetId, new(position, e.AdoptedAt, e.AdoptedBy, e.Parameters));
        }
        else if (type == EventLog.EventNames[typeof(CalibrationRolledBack)])
        {
            var e = EventLog.Read<CalibrationRolledBack>(json);
            Take(e.AssetId, new(position, e.RolledBackAt, e.RolledBackBy, e.Parameters));
        }
        return null;
    }

    void Take(string assetId, AdoptedParameters next)
    {
        adopted.AddOrUpdate(
            assetId, _ => [next], (_, known) => known[^1].Position >= next.Position ? known : known.Add(next));
        Interlocked.Increment(ref changes);
    }

    /// <summary>
    /// What took the place of the asset's own parameters, as of a log position and a time; null when nothing ever did. Its
    /// <see cref="AdoptedParameters.Parameters"/> belong to the model whose hash they have, and to no other revision.
    /// </summary>
    public AdoptedParameters? ParametersOf(string assetId, long position = long.MaxValue, DateTimeOffset? at = null) =>
        adopted.GetValueOrDefault(assetId)?.FindLast(a => a.Position <= position && (at is not { } time || a.Since <= time));

    /// <summary>The parameters with which a calibration was adopted, the last time; null when it never was.</summary>
    public ParameterSet? FindParameters(string assetId, string calibrationId) =>
        adopted.GetValueOrDefault(assetId)?.FindLast(a => a.Parameters?.CalibrationId == calibrationId)?.Parameters;

    // On their own: whoever asks for the safe position waits for those who read the table of streams, and reading the events of many
    // assets takes seconds. What is appended between the two is left to the next call: its model might be in a stream that is not listed.
    async Task<List<(string Stream, long Version)>> AssetStreams(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select id from events.mt_streams where id like 'asset/%' or id like 'model/%' "
            + "or id like 'calibration/%'");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<(string Stream, long Version)> streams = [];
        while (await reader.ReadAsync(cancel)) streams.Add((reader.GetString(0), 0));
        return streams;
    }

    /// <summary>True if the log holds the model on its own, in <c>model/{hash}</c>.</summary>
    public bool HasModel(string hash) => texts.ContainsKey(hash);

    /// <summary>Ids of the models that the log holds on their own, whether or not an asset follows them.</summary>
    public IEnumerable<string> ModelIds => texts.Values.Select(m => m.ModelId);

    /// <summary>The texts of a model that the log holds on their own, oldest first.</summary>
    public IReadOnlyList<ModelRegistered> TextsOf(string modelId) =>
        [.. texts.Values.Where(m => m.ModelId == modelId).OrderBy(m => m.RegisteredAt)];

    /// <summary>
    /// The model with this hash, read from its text if nobody follows it; null if the log does not hold it, or this version cannot read it.
    /// </summary>
    public AssetModel? ReadModel(string hash)
    {
        if (models.TryGetValue(hash, out var known)) return known;
        if (!texts.TryGetValue(hash, out var text)) return null;
        try
        {
            return models.GetOrAdd(hash, _ => ReadAssetModel.FromText(text.ModelYaml, $"{text.ModelId} v{text.ModelVersion}"));
        }
        catch (InvalidModelException)
        {
            return null;
        }
    }

    /// <summary>
    /// The model with this hash, whether or not an asset still follows it; null if the log does not hold it, or this version cannot read
    /// it.
    /// </summary>
    public AssetModel? FindModel(string hash) => models.GetValueOrDefault(hash);

    /// <summary>The model of a registration that was read from the log.</summary>
    /// <exception cref="InvalidModelException">This version cannot read it.</exception>
    public AssetModel ModelOf(AssetRegistered e) => models.GetOrAdd(e.ModelHash, hash => ReadAssetModel.FromText(
        e.ModelYaml.Length > 0 ? e.ModelYaml : texts.GetValueOrDefault(hash)?.ModelYaml ?? "", $"{e.ModelId} v{e.ModelVersion}"));

    /// <summary>Processes one registration; repeated or outdated ones change nothing.</summary>
    public void Take(long position, AssetRegistered e)
    {
        var (known, refused) = (Find(e.AssetId), FindUnreadable(e.AssetId));
        if (known?.Position >= position || refused?.Position >= position) return;
        if (e.Tenant is not null) HasTenants = true;
        var registeredAt = known?.RegisteredAt ?? refused?.RegisteredAt ?? e.RegisteredAt;
        var first = known?.FirstPosition ?? refused?.FirstPosition ?? position;
        try
        {
            var model = ModelOf(e);
            RegisteredAsset asset = new(e.AssetId, e.Name, model, registeredAt, position, first) { Tenant = e.Tenant };
            assets[e.AssetId] = e.Labels is { Count: > 0 } labels ? asset with { Labels = labels } : asset;
            unreadable.TryRemove(e.AssetId, out _);
        }
        catch (InvalidModelException invalid)
        {
            var reason = string.Join("; ", invalid.Problems.Take(MostProblemsNamed));
            if (invalid.Problems.Count > MostProblemsNamed) reason += $"; and {invalid.Problems.Count - MostProblemsNamed} more";
            unreadable[e.AssetId] = new(e, registeredAt, position, first, reason);
            LogUnreadable(e.AssetId, position, known is null ? "the asset has no other" : "an earlier one is used", reason);
        }
        // Last, so that a reader that sees the new count also sees the asset.
        Interlocked.Increment(ref changes);
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The model of {AssetId}, registered at position {Position}, cannot be read ({Consequence}): {Reason}")]
    partial void LogUnreadable(string assetId, long position, string consequence, string reason);
}

/// <summary>Degraded, not unhealthy: every other asset is still served.</summary>
sealed class AssetModelsHealth(AssetRegistry registry) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancel = default) => Task.FromResult(
        registry.Unreadable is { Count: > 0 } unreadable
            ? HealthCheckResult.Degraded(string.Join(' ', unreadable.OrderBy(a => a.Id, StringComparer.Ordinal).Select(a => a.Explanation)))
            : HealthCheckResult.Healthy());
}

/// <summary>Registers the asset registry.</summary>
public static class AssetRegistrySetup
{
    /// <summary>Registers the asset registry; readiness names the assets whose model cannot be read.</summary>
    public static IServiceCollection AddAssetRegistry(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<AssetModelsHealth>("asset-models", tags: ["ready"]);
        return services.AddSingleton<AssetRegistry>();
    }
}

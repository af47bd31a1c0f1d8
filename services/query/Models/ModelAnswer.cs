using System.ComponentModel;
using TwinModel.Assets;

namespace Query.Models;

/// <summary>All models, by id.</summary>
/// <param name="Items">The models.</param>
sealed record ModelList(IReadOnlyList<ModelSummary> Items);

/// <summary>The version of a model that is in force.</summary>
/// <param name="Id">Model id, kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="Version">Version in force: new registrations of assets follow it.</param>
sealed record ModelSummary(
    string Id,
    string Name,
    [property: Description("machine or place.")] string Kind,
    int Version,
    [property: Description("SHA-256 of the YAML, hexadecimal.")] string Hash,
    [property: Description("Whether a file of Pollux has this version; otherwise it was put in force at run time.")] bool IsShipped,
    [property: Description("When this version came into the log; null if only registrations hold it.")] DateTimeOffset? Since,
    [property: Description("Who put it in force; null if it is shipped or nobody said.")] string? By,
    [property: Description("Assets that follow the model, in any version, as far as the caller may see them.")] int Assets,
    [property: Description("Those of them that follow another version than the one in force.")] int Others);

/// <summary>A model with its text and its versions.</summary>
sealed record ModelAnswer(
    [property: Description("Its version in force.")] ModelSummary Model,
    [property: Description("The whole text in force.")] string Yaml,
    [property: Description("The versions whose text the log holds, oldest first.")] IReadOnlyList<VersionOfModel> Versions,
    [property: Description("The first 100 assets that follow it, those with another version first.")]
    IReadOnlyList<FollowerOfModel> Followers);

/// <summary>A version of a model.</summary>
/// <param name="Version">The version.</param>
/// <param name="At">When it came into the log.</param>
sealed record VersionOfModel(
    int Version,
    [property: Description("SHA-256 of the YAML, hexadecimal.")] string Hash,
    DateTimeOffset At,
    [property: Description("Who put it in force; null if it is shipped or nobody said.")] string? By,
    [property: Description("Why, or null.")] string? Comment,
    [property: Description("Assets that follow it, as far as the caller may see them.")] int Assets);

/// <summary>An asset that follows a model.</summary>
/// <param name="Id">Asset id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Version">The version that it follows.</param>
sealed record FollowerOfModel(
    string Id, string Name, int Version, [property: Description("Whether that is the version in force.")] bool IsCurrent);

/// <summary>What a revision changes, or would change.</summary>
/// <param name="Id">Model id.</param>
/// <param name="Version">Version of the text that was sent.</param>
sealed record ModelRevision(
    string Id,
    int Version,
    [property: Description("SHA-256 of the text that was sent, hexadecimal.")] string Hash,
    [property: Description("The version in force before; null if the model is new.")] int? VersionBefore,
    [property: Description("Whether nothing was written.")] bool IsPreview,
    [property: Description("What differs from the version in force, at most 500 entries; empty if at most comments do.")]
    IReadOnlyList<ModelChange> Changes,
    [property: Description("Why the revision would be refused, in a preview; otherwise why assets could not move, the first 5.")]
    IReadOnlyList<string> Problems,
    [property: Description("Assets of the caller's tenant that follow another text of the model, and move to this one.")] int Assets,
    [property: Description("Those that have moved.")] int Moved,
    [property: Description("Active alarms that nothing could clear any more, by id; with orphanedAlarms=clear they are cleared.")]
    IReadOnlyList<string> OrphanedAlarms,
    [property: Description("The first 100 of the assets, those first for which there is more to say.")]
    IReadOnlyList<EffectOnAsset> Effects,
    [property: Description("Log position of the newest event; 0 if nothing was written.")] long Position);

/// <summary>What a revision means for an asset.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Name">Display name.</param>
/// <param name="Version">The version that it follows before.</param>
sealed record EffectOnAsset(
    string AssetId,
    string Name,
    int Version,
    [property: Description("Its active alarms that nothing could clear any more.")] IReadOnlyList<string> OrphanedAlarms,
    [property: Description("Id of the adopted calibration that no longer holds: it belongs to the text that it was made with. Or null.")]
    string? LostCalibration,
    [property: Description("Removed sensors of which it has readings: they stay in the log, and are shown no more.")]
    IReadOnlyList<SilencedSensor> RemovedSensors,
    [property: Description("Why it cannot follow; null if it can.")] string? Problem);

/// <summary>A sensor that a revision removes.</summary>
/// <param name="Id">Sensor id.</param>
/// <param name="Readings">Number of its readings that the twin includes.</param>
/// <param name="NewestAt">Sample time of the newest one.</param>
sealed record SilencedSensor(string Id, long Readings, DateTimeOffset? NewestAt);

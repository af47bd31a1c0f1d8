using System.ComponentModel;
using ServiceDefaults;

namespace Query.Rebuilds;

/// <summary>A rebuild of several twins; assets = equal + different + failed once it has finished.</summary>
sealed record RebuildAnswer(
    [property: Description("Id of the rebuild.")] string Id,
    [property: Description("running or finished.")] string State,
    [property: Description("How many twins.")] int Assets,
    [property: Description("Whose twins; null: all that there were.")] IReadOnlyList<string>? AssetIds,
    [property: Description("Twins rebuilt so far that equal the live ones.")] int Equal,
    [property: Description("Twins that differ from the live ones, which they have replaced.")] int Different,
    [property: Description("Twins that could not be rebuilt; they stay as they were.")] int Failed,
    [property: Description("Who asked for it; null when not told.")] string? By,
    [property: Description("Why; null when not told.")] string? Reason,
    [property: Description("When it started.")] DateTimeOffset StartedAt,
    [property: Description("When the numbers were counted.")] DateTimeOffset ProgressedAt,
    [property: Description("When it finished; null while it runs.")] DateTimeOffset? FinishedAt,
    [property: Description(
        "Twins that differ or could not be rebuilt, the first 1000 by id; null while it runs and in lists.")]
    IReadOnlyList<RebuildProblemAnswer>? Problems)
{
    public static RebuildAnswer Of(RebuildState rebuild, bool withProblems) => new(
        rebuild.Id, rebuild.Finished is null ? "running" : "finished", rebuild.Started.Assets, rebuild.Started.AssetIds,
        rebuild.Progress.Equal, rebuild.Progress.Different, rebuild.Progress.Failed, rebuild.Caller.Actor, rebuild.Caller.Reason,
        rebuild.Started.StartedAt, rebuild.Progress.ProgressedAt, rebuild.Finished?.FinishedAt,
        withProblems ? rebuild.Finished?.Problems.Select(p => new RebuildProblemAnswer(p.AssetId, p.Outcome, p.Detail)).ToList() : null);
}

/// <summary>A twin that differs from what it was, or could not be rebuilt.</summary>
sealed record RebuildProblemAnswer(
    [property: Description("The asset.")] string AssetId,
    [property: Description("different or failed.")] string Outcome,
    [property: Description("Both hashes, or why it failed.")] string Detail);

using System.ComponentModel;
using System.Text;
using System.Text.Unicode;
using Contracts.Messages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Query.Api;
using Query.Assets;
using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Models;

/// <summary>Has a version of a model put in force, and moves the assets that follow the model to it.</summary>
sealed class ReviseModelEndpoint(PreviewRevision preview, KnownAssets assets, AskTwinState twinState, RegisterOverBus register)
{
    /// <summary>Largest text, in bytes.</summary>
    public const int LargestText = 1 << 20;

    const string Clear = "clear";
    const int MostNamed = 5;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Each is answered within a second; a busy twin-state may take longer.
    static readonly TimeSpan PatiencePerBatch = TimeSpan.FromSeconds(60);

    public static void Map(IEndpointRouteBuilder models) => models
        .MapPut("/{id}", async (
            string id, HttpContext context, ReviseModelEndpoint revise,
            [Description("true: nothing is written; the answer says what would change.")] bool? preview,
            [Description("clear: active alarms that nothing could clear any more are cleared. Without it they are a reason to refuse.")]
            string? orphanedAlarms,
            CancellationToken cancel) =>
        {
            var yaml = await Text(context.Request, cancel);
            return await revise.Run(id, yaml, preview ?? false, orphanedAlarms, cancel) switch
            {
                null => Results.Accepted($"/api/v1/models/{id}"),
                { IsPreview: false, VersionBefore: null } made => Results.Created($"/api/v1/models/{id}", made),
                var done => Results.Ok(done),
            };
        })
        .WithMetadata(new RequestSizeLimitAttribute(LargestText))
        .Accepts<string>(GetModels.Yaml, "text/yaml")
        .Produces<ModelRevision>().Produces<ModelRevision>(StatusCodes.Status201Created).Produces(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("reviseModel").WithSummary("Put a version of a model in force, or preview what that changes")
        .WithDescription("The body is the whole model, as in a file *.asset.yaml, with a higher version than the one in force. Every asset "
            + "of the caller's tenant that follows the model moves to it; its twin is folded again with the new text. 201 if the model is "
            + "new; repeating it moves what is left to move; 202 if it takes longer. 409 if the version is not higher and the text is "
            + "another, if the number of a sensor would get another unit, if relationships do not fit, or if active alarms would be "
            + "orphaned. 400 names line and path in the text.");

    /// <summary>What has changed, or would; null if there was no answer in time.</summary>
    /// <exception cref="InvalidInputException">A bad id or option, or the text is of another model.</exception>
    /// <exception cref="InvalidModelException">The text is no model.</exception>
    /// <exception cref="RuleViolationException">It cannot follow the version in force.</exception>
    /// <exception cref="ServiceDefaults.Access.ForbiddenException">The caller may not change all assets of the model.</exception>
    public async Task<ModelRevision?> Run(string id, string yaml, bool isPreview, string? orphanedAlarms, CancellationToken cancel)
    {
        if (orphanedAlarms is not (null or Clear)) throw new InvalidInputException("orphanedAlarms", orphanedAlarms, Clear);
        if (!AssetId.IsAllowed(id)) throw new InvalidInputException("id", id, AssetId.Allowed);
        RefuseUnknown.CheckText("body", yaml);
        var next = ReadAssetModel.FromText(yaml, $"{id}.asset.yaml");
        if (next.Id != id) throw new InvalidInputException("id", next.Id, $"in the text: {id}, as in the path");
        var revision = await preview.Run(next, cancel);
        if (isPreview)
            return orphanedAlarms is null && Orphaned(revision) is { } orphaned
                ? revision with { Problems = [.. revision.Problems, orphaned] }
                : revision;
        if ((revision.Problems.Count > 0 ? revision.Problems[0] : null) is { } problem) throw new RuleViolationException(problem);
        if (orphanedAlarms is null && Orphaned(revision) is { } reason) throw new RuleViolationException(reason);
        if (await twinState.Run<ReviseModel, ModelAnswered>(new(yaml, Caller.Current.Tenant), Patience, cancel) is not { } answer)
            return null;
        if (answer.Refusal is { } refusal) throw new RuleViolationException(refusal);
        return await Move(revision with { IsPreview = false, Position = answer.Position }, cancel);
    }

    // By registering them again. Whatever ends it, repeating the request goes on.
    async Task<ModelRevision> Move(ModelRevision revision, CancellationToken cancel)
    {
        await assets.Refresh(cancel);
        var (moved, position) = (0, revision.Position);
        Dictionary<string, string> refused = [];
        foreach (var batch in assets.FollowersOf(revision.Id).Where(a => a.Model.Hash != revision.Hash).Chunk(RegisterAssets.MostAssets))
        {
            var answer = await register.Run(
                [.. batch.Select(a => new AssetRegistration(a.Id, null, revision.Id, null, Caller.Current.Tenant))], PatiencePerBatch,
                cancel) ?? throw new TimeoutException(
                $"Version {revision.Version} of {revision.Id} is in force and {moved} assets have moved, but twin-state did not answer "
                    + $"within {PatiencePerBatch.TotalSeconds:0} s. Repeat the request to move the others.");
            moved += answer.Outcomes.Count(o => o.Reason is null);
            position = Math.Max(position, answer.Position);
            foreach (var outcome in answer.Outcomes.Where(o => o.Reason is not null)) refused[outcome.AssetId] = outcome.Reason!;
        }
        return revision with
        {
            Moved = moved,
            Position = position,
            Problems = [.. refused.Values.Take(MostNamed)],
            Effects = [.. revision.Effects.Select(e => refused.TryGetValue(e.AssetId, out var why) ? e with { Problem = why } : e)],
        };
    }

    static string? Orphaned(ModelRevision revision)
    {
        var alarms = revision.OrphanedAlarms;
        if (alarms.Count == 0) return null;
        var named = string.Join(", ", alarms.Take(MostNamed));
        var more = alarms.Count > MostNamed ? $" and {alarms.Count - MostNamed} more" : "";
        return $"Nothing could clear these active alarms any more: {named}{more}. Keep what they watch, or have them cleared with "
            + $"orphanedAlarms={Clear}.";
    }

    static async Task<string> Text(HttpRequest request, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || type.Charset is { Length: > 0 } charset
            && !HeaderUtilities.RemoveQuotes(charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new UnsupportedMediaException("Content-Type", request.ContentType, $"{GetModels.Yaml} in UTF-8");
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, cancel);
        var body = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (!Utf8.IsValid(body)) throw new InvalidInputException("body", "bytes that are not UTF-8", $"{GetModels.Yaml} in UTF-8");
        var text = Encoding.UTF8.GetString(body);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }
}

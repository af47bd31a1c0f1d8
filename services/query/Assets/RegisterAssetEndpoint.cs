using System.ComponentModel;
using Contracts.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using Query.Registry;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Assets;

namespace Query.Assets;

/// <summary>How to register an asset.</summary>
sealed record AssetToRegister(
    [property: Description("Id of a model, e.g. extrusion-line or pump-loop; GET /models lists them.")] string? Model,
    [property: Description("Display name, 1 to 200 characters; null: the model's name.")] string? Name = null,
    [property: Description("All labels, by key, e.g. plant: north; at most 20. null: they stay as they are.")]
    IReadOnlyDictionary<string, string>? Labels = null);

/// <summary>Has an asset registered and waits until it is visible.</summary>
sealed class RegisterAssetEndpoint(KnownAssets registry, RegisterOverBus register)
{
    const int LongestName = 200;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder assets) => assets
        .MapPut("/{id}", async Task<Results<Ok<AssetAnswer>, Accepted>> (
            string id, AssetToRegister body, RegisterAssetEndpoint register, CancellationToken cancel) =>
            await register.Run(id, body.Model, body.Name, body.Labels, cancel) is { } asset
                ? TypedResults.Ok(asset)
                : TypedResults.Accepted($"/api/v1/assets/{id}"))
        .WithName("registerAsset").WithSummary("Register an asset with a model, or update its model, name or labels")
        .WithDescription("Waits up to 5 s until the asset is visible (200); 202 if it takes longer. Safe to repeat. "
            + "409 if the id is that of a different shipped model, or if relationships of the asset do not fit the other model; the reason "
            + "names the first of them.");

    /// <summary>The asset; null if it is not visible in time.</summary>
    public async Task<AssetAnswer?> Run(
        string id, string? model, string? name, IReadOnlyDictionary<string, string>? labels, CancellationToken cancel)
    {
        if (await register.Run([Check(id, model, name, labels, registry)], Patience, cancel) is not { } answer) return null;
        if (answer.Outcomes[0].Reason is { } refused) throw new RuleViolationException(refused);
        return AssetAnswer.Of(registry.Get(id));
    }

    /// <summary>What to send to twin-state.</summary>
    /// <exception cref="InvalidInputException">Names the field and what is allowed.</exception>
    /// <exception cref="RuleViolationException">The id is that of another shipped model, or not free.</exception>
    /// <exception cref="ForbiddenException">The policies do not let the caller.</exception>
    public static AssetRegistration Check(
        string? id, string? model, string? name, IReadOnlyDictionary<string, string>? labels, KnownAssets registry)
    {
        if (id is null || !AssetId.IsAllowed(id)) throw new InvalidInputException("id", id, AssetId.Allowed);
        var models = registry.Models;
        if (model is null || !models.Contains(model)) throw new InvalidInputException("model", model, string.Join(", ", models));
        var command = new AssetRegistration(
            id, Input.Line("name", name, LongestName), model, AssetLabels.Check(labels), Caller.Current.Tenant);
        registry.GuardRegistration(id, command.Labels);
        // twin-state refuses this too, and restores the shipped model.
        if (id != model && registry.IsShipped(id))
            throw new RuleViolationException($"{id} always follows the shipped model {id}; give an asset of {model} another id.");
        return command;
    }
}

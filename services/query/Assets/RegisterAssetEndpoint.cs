using System.ComponentModel;
using Contracts.Messages;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Query.Api;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Assets;

/// <summary>How to register an asset.</summary>
sealed record AssetToRegister(
    [property: Description("Id of a model that ships with Pollux, e.g. extrusion-line or pump-loop.")] string? Model,
    [property: Description("Display name, 1 to 200 characters; null: the model's name.")] string? Name);

/// <summary>Has an asset registered and waits until it is visible.</summary>
sealed class RegisterAssetEndpoint(KnownAssets registry, IBus bus, CommandFaults faults)
{
    const int LongestName = 200;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Registering an existing asset again produces no event unless the shipped model is newer, so wait only briefly.
    static readonly TimeSpan PatienceForRenewal = TimeSpan.FromMilliseconds(500);

    public static void Map(IEndpointRouteBuilder assets) => assets
        .MapPut("/{id}", async Task<Results<Ok<AssetAnswer>, Accepted>> (
            string id, AssetToRegister body, RegisterAssetEndpoint register, CancellationToken cancel) =>
            await register.Run(id, body.Model, body.Name, cancel) is { } asset
                ? TypedResults.Ok(asset)
                : TypedResults.Accepted($"/api/v1/assets/{id}"))
        .WithName("registerAsset").WithSummary("Register an asset with a shipped model, or update its model")
        .WithDescription("Waits up to 5 s until the asset is visible (200); 202 if it takes longer. Safe to repeat: an asset that "
            + "already has this model and name is returned after at most 0.5 s. 409 if the id is that of a different shipped model.");

    /// <summary>The asset; null if it is not visible in time.</summary>
    public async Task<AssetAnswer?> Run(string id, string? model, string? name, CancellationToken cancel)
    {
        if (!AssetId.IsAllowed(id)) throw new InvalidInputException("id", id, AssetId.Allowed);
        // twin-state registers an asset of every shipped model, so the registered models are all the models.
        var models = registry.All.Select(a => a.Model.Id).Distinct().ToList();
        if (model is null || !models.Contains(model)) throw new InvalidInputException("model", model, string.Join(", ", models));
        var command = new RegisterAsset(id, Input.Line("name", name, LongestName), model);
        var before = registry.Find(id);
        // twin-state refuses this too, and restores the shipped model.
        if (models.Contains(id) && id != model)
            throw new RuleViolationException($"{id} always follows the shipped model {id}; give an asset of {model} another id.");
        var isThere = before is not null && before.Model.Id == model && (command.Name is null || before.Name == command.Name);
        var seen = await faults.Await(
            command, c => bus.SendToOwner(id, command, c), IsVisible, isThere ? PatienceForRenewal : Patience, cancel,
            () => registry.Changed);
        return seen || isThere ? AssetAnswer.Of(registry.Get(id)) : null;

        Task<bool> IsVisible(CancellationToken _) => Task.FromResult(registry.Find(id)?.Position > (before?.Position ?? 0));
    }
}

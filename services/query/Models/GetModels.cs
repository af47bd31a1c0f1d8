using Query.Registry;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Models;

/// <summary>The models that the caller's assets may follow.</summary>
sealed class GetModels(KnownAssets assets)
{
    public const string Yaml = "application/yaml";

    const int MostFollowers = 100;

    public static void Map(IEndpointRouteBuilder models)
    {
        models.MapGet("", (GetModels get, CancellationToken cancel) => get.List(cancel))
            .WithName("listModels").WithSummary("The models in force, by id")
            .WithDescription("Those that ship with Pollux, and those that were put in force at run time: everybody's and those of the "
                + "caller's tenant.");
        models.MapGet("/{id}", async (string id, HttpContext context, GetModels get, CancellationToken cancel) =>
            {
                var answer = await get.Get(id, cancel);
                return context.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals(Yaml, StringComparison.OrdinalIgnoreCase))
                    ? Results.Text(answer.Yaml, Yaml, System.Text.Encoding.UTF8)
                    : Results.Ok(answer);
            })
            .Produces<ModelAnswer>(contentType: "application/json", additionalContentTypes: Yaml)
            .WithName("getModel").WithSummary("A model: its text in force, its versions, the assets that follow it")
            .WithDescription("With Accept: application/yaml, the text alone.");
    }

    public async Task<ModelList> List(CancellationToken cancel)
    {
        await assets.Refresh(cancel);
        var followers = assets.Summaries.ToLookup(a => a.ModelId);
        return new([.. assets.Models.Select(assets.FindInForce).OfType<ModelInForce>()
            .Select(m => Summary(m.Model, [.. followers[m.Model.Id]]))]);
    }

    /// <exception cref="NotFoundException">There is no such model, or it is another tenant's.</exception>
    public async Task<ModelAnswer> Get(string id, CancellationToken cancel)
    {
        await assets.Refresh(cancel);
        if (!assets.Models.Contains(id) || assets.FindInForce(id) is not { Model: var model }) throw new NotFoundException("model", id);
        List<AssetSummary> followers = [.. assets.Summaries.Where(a => a.ModelId == id)];
        return new(
            Summary(model, followers), model.Source,
            [.. assets.VersionsOf(id).Where(v => assets.IsModelVisible(v.Text.ModelHash)).Select(v => new VersionOfModel(
                v.Text.ModelVersion, v.Text.ModelHash, v.Revision?.RevisedAt ?? v.Text.RegisteredAt, v.Revision?.RevisedBy,
                v.Revision?.Comment, followers.Count(a => a.ModelHash == v.Text.ModelHash)))],
            [.. followers.OrderBy(a => a.ModelHash == model.Hash).Take(MostFollowers)
                .Select(a => new FollowerOfModel(a.Id, a.Name, a.ModelVersion, a.ModelHash == model.Hash))]);
    }

    ModelSummary Summary(AssetModel model, IReadOnlyCollection<AssetSummary> followers)
    {
        var (text, revision) = assets.VersionsOf(model.Id).FirstOrDefault(v => v.Text.ModelHash == model.Hash);
        return new(
            model.Id, model.Name, model.Kind, model.Version, model.Hash, revision is null, revision?.RevisedAt ?? text?.RegisteredAt,
            revision?.RevisedBy, followers.Count, followers.Count(a => a.ModelHash != model.Hash));
    }
}

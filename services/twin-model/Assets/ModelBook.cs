using System.Collections.Immutable;
using Contracts.Events;

namespace TwinModel.Assets;

/// <summary>The versions of models that were put in force at run time, of all tenants: a fold over the stream <c>models</c>.</summary>
public sealed class ModelBook
{
    readonly ImmutableSortedDictionary<string, ImmutableList<ModelRevised>> models;
    readonly ImmutableDictionary<string, ModelRevised> hashes;

    ModelBook(ImmutableSortedDictionary<string, ImmutableList<ModelRevised>> models, ImmutableDictionary<string, ModelRevised> hashes) =>
        (this.models, this.hashes) = (models, hashes);

    /// <summary>No model was revised yet.</summary>
    public static ModelBook Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, ImmutableList<ModelRevised>>(StringComparer.Ordinal),
        ImmutableDictionary<string, ModelRevised>.Empty);

    /// <summary>The book after one more event; other events change nothing.</summary>
    public ModelBook Apply(object e) => e is ModelRevised r
        ? new(models.SetItem(r.ModelId, Of(r.ModelId).Add(r)), hashes.SetItem(r.ModelHash, r))
        : this;

    /// <summary>The versions of a model, oldest first.</summary>
    public ImmutableList<ModelRevised> Of(string modelId) => models.GetValueOrDefault(modelId, []);

    /// <summary>The newest version of each model.</summary>
    public IEnumerable<ModelRevised> Newest => models.Values.Select(versions => versions[^1]);

    /// <summary>The revision that brought a text; null if it came in another way.</summary>
    public ModelRevised? ByHash(string hash) => hashes.GetValueOrDefault(hash);

    /// <summary>Whether a tenant may see a text: its own, and everybody's.</summary>
    public bool IsVisible(string hash, string? tenant) => ByHash(hash)?.Tenant is not { } owner || owner == tenant;
}

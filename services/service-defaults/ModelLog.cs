using Npgsql;
using TwinModel.Assets;

namespace ServiceDefaults;

/// <summary>The models in the log that were revised at run time, in memory; their texts are in <see cref="AssetRegistry"/>.</summary>
public sealed class ModelLog(NpgsqlDataSource source)
    : FollowedStream<ModelBook>(source, Streams.Models, ModelBook.Empty, (book, e, _) => book.Apply(e))
{
    /// <summary>
    /// The newest version of a model that was put in force at run time, as of the last refresh; null if there is none. One that this
    /// version of Pollux cannot read leaves the one before it in force.
    /// </summary>
    public ModelInForce? Revised(string modelId, AssetRegistry registry) => Now.Book.Of(modelId).Reverse()
        .Select(r => registry.ReadModel(r.ModelHash) is { } model ? new ModelInForce(model, r.Tenant) : null)
        .FirstOrDefault(m => m is not null);
}

using System.Text.Json.Serialization;

namespace Contracts.Events;

/// <summary>
/// A version of a model was put in force at run time; also the first version of a new model. In stream <c>models</c>, which holds those of
/// all tenants; the text is in <c>model/{hash}</c> (<see cref="ModelRegistered"/>), before it. Assets follow it once they are registered
/// again (<see cref="AssetRegistered"/>). Written by twin-state only.
/// </summary>
/// <param name="ModelId">The model's id.</param>
/// <param name="ModelVersion">The model's version, higher than the one in force before.</param>
/// <param name="ModelHash">SHA-256 of the model's YAML, hexadecimal.</param>
/// <param name="Tenant">Whose model it is; null: everybody's.</param>
/// <param name="RevisedBy">Who asked for it, or null.</param>
/// <param name="Comment">Why, or null.</param>
/// <param name="RevisedAt">When, by twin-state's clock.</param>
public sealed record ModelRevised(
    string ModelId,
    int ModelVersion,
    string ModelHash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant,
    string? RevisedBy,
    string? Comment,
    DateTimeOffset RevisedAt);

namespace Contracts.Events;

/// <summary>
/// An asset exists and follows a model; said again when the model changes. In stream <c>asset/{id}</c>. Written by twin-state only.
/// </summary>
/// <param name="AssetId">kebab-case.</param>
/// <param name="Name">For people.</param>
/// <param name="ModelId">The model's id.</param>
/// <param name="ModelVersion">The model's version.</param>
/// <param name="ModelHash">SHA-256 of <paramref name="ModelYaml"/>, hexadecimal.</param>
/// <param name="ModelYaml">The whole model, so that the log can be read without any file.</param>
/// <param name="RegisteredAt">twin-state's clock.</param>
public sealed record AssetRegistered(
    string AssetId,
    string Name,
    string ModelId,
    int ModelVersion,
    string ModelHash,
    string ModelYaml,
    DateTimeOffset RegisteredAt);

namespace Contracts.Events;

/// <summary>
/// A model that assets follow. In stream <c>model/{hash}</c>, before the first asset that follows it. Written by twin-state only.
/// </summary>
/// <param name="ModelId">The model's id.</param>
/// <param name="ModelVersion">The model's version.</param>
/// <param name="ModelHash">SHA-256 of <paramref name="ModelYaml"/>, hexadecimal.</param>
/// <param name="ModelYaml">The whole model, so that the log can be read without any other file.</param>
/// <param name="RegisteredAt">When, by twin-state's clock.</param>
public sealed record ModelRegistered(
    string ModelId, int ModelVersion, string ModelHash, string ModelYaml, DateTimeOffset RegisteredAt);

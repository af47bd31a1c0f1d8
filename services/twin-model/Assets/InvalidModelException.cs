namespace TwinModel.Assets;

/// <summary>One thing that is wrong in an asset-model file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">1-based line.</param>
/// <param name="Path">Where in the document, e.g. <c>sensors[3].unit</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record ModelProblem(string File, long Line, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}: {(Path.Length == 0 ? "document" : Path)} {Message}";
}

/// <summary>An asset model was refused; carries everything that is wrong with it.</summary>
public sealed class InvalidModelException(IReadOnlyList<ModelProblem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<ModelProblem> Problems => problems;
}

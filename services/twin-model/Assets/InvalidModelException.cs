namespace TwinModel.Assets;

/// <summary>One problem in an asset-model file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Path">Path within the document, e.g. <c>sensors[3].unit</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record ModelProblem(string File, long Line, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}: {(Path.Length == 0 ? "document" : Path)} {Message}";
}

/// <summary>An asset model was rejected; lists all its problems.</summary>
public sealed class InvalidModelException(IReadOnlyList<ModelProblem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>All problems found.</summary>
    public IReadOnlyList<ModelProblem> Problems => problems;
}

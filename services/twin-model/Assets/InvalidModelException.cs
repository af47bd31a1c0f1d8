namespace TwinModel.Assets;

/// <summary>One problem in an asset-model file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Path">Path within the document, e.g. <c>sensors[3].unit</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record ModelProblem(string File, long Line, string Path, string Message)
{
    // A message may show text of the file, which may be most of it; so may a path with keys.
    const int Longest = 1000;

    /// <summary>Path within the document, shortened.</summary>
    public string Path { get; } = Shortened(Path);

    /// <summary>What is wrong and what is allowed, shortened.</summary>
    public string Message { get; } = Shortened(Message);

    static string Shortened(string text) => text.Length <= Longest
        ? text
        : $"{text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)]}…";

    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}: {(Path.Length == 0 ? "document" : Path)} {Message}";
}

/// <summary>An asset model was rejected; lists all its problems.</summary>
public sealed class InvalidModelException(IReadOnlyList<ModelProblem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>All problems found.</summary>
    public IReadOnlyList<ModelProblem> Problems => problems;
}

using System.Text;

namespace Fuzz.Requests;

/// <summary>A request as it is sent.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Target">Path and query as they are written in the request.</param>
/// <param name="Headers">Besides those that the client needs.</param>
/// <param name="Body">Null for none.</param>
sealed record GeneratedRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body = null)
{
    /// <summary>Nothing in it is malformed as HTTP, so that the service and not its web server has to answer.</summary>
    public bool IsHttp { get; init; } = true;

    public string? Header(string name) =>
        Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public override string ToString()
    {
        var shown = new StringBuilder($"{Method} {(Target.Length > 300 ? $"{Target[..300]}…" : Target)}");
        foreach (var (name, value) in Headers) shown.Append($" [{name}: {(value.Length > 60 ? $"{value[..60]}…" : value)}]");
        if (Body is { } body) shown.Append($" {body.Length} bytes: {Convert.ToBase64String(body.AsSpan(0, Math.Min(body.Length, 600)))}");
        return shown.ToString();
    }
}

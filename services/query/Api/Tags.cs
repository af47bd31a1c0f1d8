using System.Security.Cryptography;
using System.Text;

namespace Query.Api;

/// <summary>Entity tags (RFC 9110), to answer 304 when the caller already has the content.</summary>
static class Tags
{
    /// <summary>Sets the tag. True if the caller already has it: the answer is 304 without a body.</summary>
    public static bool NotModified(HttpContext http, string tag)
    {
        http.Response.Headers.ETag = tag;
        if (!IsKnown(http.Request.Headers.IfNoneMatch, tag)) return false;
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    /// <summary>Weak comparison with every tag the caller sent.</summary>
    public static bool IsKnown(Microsoft.Extensions.Primitives.StringValues sent, string tag)
    {
        foreach (var line in sent)
        {
            if (line is null) continue;
            foreach (var known in line.Split(',', StringSplitOptions.TrimEntries))
            {
                if (known == "*" || Opaque(known).SequenceEqual(Opaque(tag))) return true;
            }
        }
        return false;
    }

    /// <summary>One tag for several entities.</summary>
    public static string OfAll(IEnumerable<string> tags) =>
        $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(tags))).AsSpan(0, 16))}\"";

    static ReadOnlySpan<char> Opaque(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag.AsSpan(2) : tag;
}

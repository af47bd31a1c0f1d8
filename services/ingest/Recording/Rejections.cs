using System.Security.Cryptography;
using System.Text;
using Contracts.Events;
using TwinModel.Assets;

namespace Ingest.Recording;

/// <summary>Creates rejections.</summary>
static class Rejections
{
    /// <summary>The asset id of payloads that name no known asset.</summary>
    public const string UnknownAsset = AssetId.Reserved;

    /// <summary>Rejection code for readings of an asset whose model is unreadable.</summary>
    public const string UnreadableModel = "unreadable-model";

    /// <summary>Further reasons for one payload are not listed.</summary>
    public const int MostReasons = 20;

    /// <summary>Longer payloads are truncated to this size; a reason says so.</summary>
    public const int MostBytesKept = 1024 * 1024;

    /// <summary>Creates a rejection of <paramref name="readings"/> readings of a payload, at least 1.</summary>
    public static ReadingsRejected Of(
        string assetId, string source, ReadOnlyMemory<byte> payload, int readings, IReadOnlyList<RejectionReason> reasons,
        DateTimeOffset now)
    {
        var kept = payload.Length > MostBytesKept ? payload[..MostBytesKept] : payload;
        IEnumerable<RejectionReason> shown = reasons;
        if (kept.Length < payload.Length)
            shown = shown.Prepend(new("payload-cut", $"The payload has {payload.Length} bytes; the first {MostBytesKept} are kept."));
        return new(Guid.CreateVersion7(now), assetId, source, kept.ToArray(), Digest(source, payload.Span), Math.Max(1, readings),
            [.. shown.Take(MostReasons)], now);
    }

    static string Digest(string source, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(source));
        hash.AppendData([0]);
        hash.AppendData(payload);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

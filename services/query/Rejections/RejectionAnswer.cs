using System.ComponentModel;
using System.Text;
using Contracts.Events;

namespace Query.Rejections;

/// <summary>A payload, or a part of one, that was rejected.</summary>
/// <param name="Id">Rejection id.</param>
/// <param name="Reasons">Reasons, one per kind of fault.</param>
/// <param name="RejectedAt">When it was rejected.</param>
/// <param name="Stream">Stream of the event.</param>
sealed record RejectionAnswer(
    Guid Id,
    [property: Description("The asset that the payload claims to be from, or unknown.")] string AssetId,
    [property: Description("MQTT topic, or import:{name}.")] string Source,
    [property: Description("The raw bytes in base64, at most the first 1 MiB.")] byte[] Payload,
    [property: Description("The payload as text when it is valid UTF-8.")] string? PayloadText,
    [property: Description("Length of the whole payload.")] int PayloadBytes,
    [property: Description("SHA-256 of source and payload, hexadecimal.")] string Digest,
    [property: Description("Number of readings rejected.")] int Readings,
    IReadOnlyList<RejectionReason> Reasons,
    DateTimeOffset RejectedAt,
    string Stream,
    [property: Description("Log position.")] long Position,
    [property: Description("Outcome of the latest replay; null when there was none.")] RejectionReplayed? LastReplay)
{
    const int MostShown = 1 << 20;
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static RejectionAnswer Of(ReadingsRejected e, string stream, long position, RejectionReplayed? lastReplay)
    {
        var shown = e.Payload.Length <= MostShown ? e.Payload : e.Payload[..MostShown];
        return new(e.Id, e.AssetId, e.Source, shown, TextOf(shown), e.Payload.Length, e.Digest, e.Readings, e.Reasons, e.RejectedAt, stream,
            position, lastReplay);
    }

    /// <summary>The bytes as text; null if they are not UTF-8. An incomplete character at the end is omitted.</summary>
    public static string? TextOf(byte[] bytes)
    {
        for (var cut = 0; cut < 4 && cut <= bytes.Length; cut++)
        {
            if (cut > 0 && bytes.Length < MostShown) return null;
            try
            {
                return Strict.GetString(bytes, 0, bytes.Length - cut);
            }
            catch (DecoderFallbackException)
            {
                continue;
            }
        }
        return null;
    }
}

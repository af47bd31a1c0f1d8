using System.Text;
using TwinModel.Telemetry;

namespace Ingest.Payloads;

/// <summary>Parses quality as written by devices and in files.</summary>
static class QualityText
{
    public const string Allowed = "good (ok), uncertain (stale), bad (error, fault, invalid, offline)";

    public static bool TryParse(ReadOnlySpan<byte> text, out Quality quality)
    {
        quality = IsOneOf(text, "good", "ok") ? Quality.Good
            : IsOneOf(text, "uncertain", "stale") ? Quality.Uncertain
            : IsOneOf(text, "bad", "error", "fault", "invalid", "offline") ? Quality.Bad : default;
        return quality != default;
    }

    static bool IsOneOf(ReadOnlySpan<byte> text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (Ascii.EqualsIgnoreCase(text, word)) return true;
        return false;
    }
}

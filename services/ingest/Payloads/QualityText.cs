using System.Text;
using TwinModel.Telemetry;

namespace Ingest.Payloads;

/// <summary>Quality as devices and files write it.</summary>
static class QualityText
{
    public const string Allowed = "good, uncertain, bad";

    public static bool TryParse(ReadOnlySpan<byte> text, out Quality quality)
    {
        quality = Ascii.EqualsIgnoreCase(text, "good"u8) ? Quality.Good
            : Ascii.EqualsIgnoreCase(text, "uncertain"u8) ? Quality.Uncertain
            : Ascii.EqualsIgnoreCase(text, "bad"u8) ? Quality.Bad : default;
        return quality != default;
    }
}

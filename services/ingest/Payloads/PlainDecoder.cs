using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Ingest.Payloads;

/// <summary>
/// Decodes a payload with a single value: a number, a number and its unit, or
/// <c>{"value":…,"timestamp":…,"unit":…,"quality":…}</c>.
/// </summary>
static class PlainDecoder
{
    const int LongestText = 64;
    const string Allowed = "a number, a number and its unit, or a JSON object with 'value'";

    static readonly JsonReaderOptions Json = new() { MaxDepth = 16 };

    /// <summary>Decodes the payload into a reading. Never throws because of the contents of <paramref name="utf8"/>.</summary>
    /// <param name="utf8">The payload.</param>
    /// <param name="sensor">The sensor named by the topic.</param>
    /// <param name="receivedAtMicros">Sample time of a value without one, microseconds since the Unix epoch.</param>
    /// <param name="to">Receives the reading; cleared first.</param>
    public static void Decode(ReadOnlySpan<byte> utf8, Sensor sensor, long receivedAtMicros, Decoded to)
    {
        to.Clear();
        if (!to.TakesSizeOf(utf8)) return;
        if (!Utf8.IsValid(utf8))
        {
            to.RejectPayload("malformed-text", $"The payload is not UTF-8; allowed: {Allowed}.");
            return;
        }
        if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        // Some devices include the terminating NUL of a C string.
        utf8 = utf8.TrimEnd((byte)0);
        var text = utf8[Ascii.Trim(utf8)];
        if (text is [(byte)'{', ..]) DecodeObject(text, sensor, receivedAtMicros, to);
        else DecodeNumber(text, sensor, receivedAtMicros, to);
    }

    static void DecodeNumber(ReadOnlySpan<byte> text, Sensor sensor, long receivedAt, Decoded to)
    {
        if (!Utf8Parser.TryParse(text, out double value, out var length) || text.Length > LongestText)
        {
            RejectText(text, to);
            return;
        }
        var rest = text[length..];
        rest = rest[Ascii.Trim(rest)];
        // "1,5" and "1.2.3" are not numbers with a unit.
        if (rest is [< (byte)'A' and not ((byte)'%' or (byte)'/' or (byte)'1'), ..]
            || (rest is [(byte)'1', ..] && rest.Length == text.Length - length))
        {
            RejectText(text, to);
            return;
        }
        Span<char> unit = stackalloc char[LongestText];
        to.Add(sensor, receivedAt, value, unit[..Encoding.UTF8.GetChars(rest, unit)], Quality.Good, "value", "unit");
    }

    static void RejectText(ReadOnlySpan<byte> text, Decoded to) =>
        to.Reject("not-a-number", "value", Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * LongestText)]), Allowed);

    static void DecodeObject(ReadOnlySpan<byte> text, Sensor sensor, long receivedAt, Decoded to)
    {
        var reader = new Utf8JsonReader(text, Json);
        try
        {
            ReadObject(ref reader, sensor, receivedAt, to);
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            to.RejectPayload("malformed-json", $"byte {reader.BytesConsumed}: {e.Message}");
        }
    }

    static void ReadObject(ref Utf8JsonReader reader, Sensor sensor, long receivedAt, Decoded to)
    {
        Span<char> unit = stackalloc char[LongestText];
        var (unitLength, unitName) = (0, "unit");
        double? value = null;
        var isNull = false;
        var sampledAt = receivedAt;
        var quality = Quality.Good;
        (string Code, string Field, string Found, string Allowed)? problem = null;
        reader.Read();
        var seen = PlainField.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (field, name) = PlainFields.Read(ref reader);
            reader.Read();
            // An error field of null says nothing about the quality.
            if (field == PlainField.Bad && reader.TokenType == JsonTokenType.Null) continue;
            var told = field is PlainField.Good or PlainField.Bad ? PlainField.Quality : field;
            if ((seen & told) != 0 && field != PlainField.OtherTime)
                problem ??= ("given-twice", name, "given more than once", "each field once");
            seen |= told;
            switch (field)
            {
                case PlainField.Value:
                    isNull = reader.TokenType == JsonTokenType.Null;
                    if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number)) value = number;
                    else if (!isNull) problem ??= ("wrong-type", name, $"{reader.TokenType}", $"a number, because {sensor.Id} is numeric");
                    break;
                case PlainField.Time:
                    if (!TryTime(ref reader, out sampledAt)) problem ??= ("invalid-time", name, Shown(ref reader), SampleTime.AllowedText);
                    break;
                case PlainField.Unit:
                    unitName = name;
                    if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestText)
                        unitLength = reader.CopyString(unit);
                    else problem ??= ("unit-mismatch", name, Shown(ref reader), $"a unit of {sensor.Unit.Quantity}");
                    break;
                case PlainField.Quality:
                    if (!TryQuality(ref reader, out quality)) problem ??= ("unknown-quality", name, Shown(ref reader), QualityText.Allowed);
                    break;
                case PlainField.Good or PlainField.Bad:
                    if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                        problem ??= ("unknown-quality", name, Shown(ref reader), "true, false");
                    quality = reader.TokenType == JsonTokenType.True == (field == PlainField.Good) ? Quality.Good : Quality.Bad;
                    break;
                case PlainField.OtherTime when OtherTime.IsMoment(ref reader):
                    problem ??= ("unknown-field", "field", name, PlainFields.Allowed);
                    break;
            }
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
        }
        if (problem is { } found) to.Reject(found.Code, found.Field, found.Found, found.Allowed);
        // Good is also the default quality; only an explicit one contradicts a null value.
        else if (isNull && (quality == Quality.Bad || (seen & PlainField.Quality) == 0)) to.AddWithoutValue(sensor, sampledAt);
        else if (value is null)
            to.Reject("no-value", "value", isNull ? "null" : default, "a number, or null without a quality or with bad");
        else to.Add(sensor, sampledAt, value.Value, unit[..unitLength], quality, "value", unitName);
    }

    static bool TryTime(ref Utf8JsonReader reader, out long micros)
    {
        micros = 0;
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetDecimal(out var number) && SampleTime.TryFromEpoch(number, out micros),
            JsonTokenType.String => !reader.ValueIsEscaped && SampleTime.TryFromIso8601(reader.ValueSpan, out micros),
            _ => false,
        };
    }

    static bool TryQuality(ref Utf8JsonReader reader, out Quality quality)
    {
        quality = Quality.Good;
        return reader.TokenType == JsonTokenType.String && QualityText.TryParse(reader.ValueSpan, out quality);
    }

    static string Shown(ref Utf8JsonReader reader) => Encoding.UTF8.GetString(reader.ValueSpan);
}

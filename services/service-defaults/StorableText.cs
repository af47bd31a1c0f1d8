using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults;

/// <summary>
/// Text from outside may hold U+0000, which neither <c>text</c> nor <c>jsonb</c> of PostgreSQL takes (22021, 22P05). In events it is shown
/// as U+2400 (␀): the event stays readable, and the raw bytes of a payload are kept beside it anyway. Input of people is refused instead.
/// </summary>
public static class StorableText
{
    const char Nul = '\0';
    const char ShownNul = '␀';

    /// <summary>The text as PostgreSQL can keep it.</summary>
    public static string Of(string text) => text.Contains(Nul, StringComparison.Ordinal) ? text.Replace(Nul, ShownNul) : text;

    static readonly JsonSerializerOptions Storable = new(JsonSerializerDefaults.Web) { Converters = { new Converter() } };

    /// <summary>JSON of a read model, for a column of type <c>jsonb</c>.</summary>
    public static string Json<T>(T view) => JsonSerializer.Serialize(view, Storable);

    /// <summary>Makes every string of the log's JSON storable: the one place, whatever service, event or header it is in.</summary>
    internal sealed class Converter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Of(value));

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WritePropertyName(Of(value));
    }
}

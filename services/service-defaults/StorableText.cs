using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults;

/// <summary>
/// External text may contain U+0000, which neither <c>text</c> nor <c>jsonb</c> of PostgreSQL accepts (22021, 22P05). In events it is shown
/// as U+2400 (␀): the event stays readable, and the raw bytes of a payload are stored beside it anyway. Text typed by people is refused
/// instead.
/// </summary>
public static class StorableText
{
    const char Nul = '\0';
    const char ShownNul = '␀';

    /// <summary>The text in a form that PostgreSQL can store.</summary>
    public static string Of(string text) => text.Contains(Nul, StringComparison.Ordinal) ? text.Replace(Nul, ShownNul) : text;

    static readonly JsonSerializerOptions Storable = new(JsonSerializerDefaults.Web) { Converters = { new Converter() } };

    /// <summary>A read model as JSON for a <c>jsonb</c> column.</summary>
    public static string Json<T>(T view) => JsonSerializer.Serialize(view, Storable);

    /// <summary>Makes every string in the log's JSON storable, in one place for all services, events and headers.</summary>
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

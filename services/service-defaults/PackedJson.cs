using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults;

/// <summary>Compressed JSON for large values in tables. Equal values give equal bytes.</summary>
public static class PackedJson
{
    /// <summary>camelCase; NaN and infinities throw, because they would be calculation errors.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>JSON compressed with Brotli.</summary>
    public static byte[] Pack<T>(T value)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest)) JsonSerializer.Serialize(brotli, value, Options);
        return packed.ToArray();
    }

    /// <summary>The JSON text, decompressed.</summary>
    public static byte[] Json(byte[] packed)
    {
        using var json = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress)) brotli.CopyTo(json);
        return json.ToArray();
    }

    /// <summary>The value that was packed.</summary>
    public static T Unpack<T>(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(brotli, Options)!;
    }
}

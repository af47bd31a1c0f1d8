using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Messages;

namespace ServiceDefaults;

/// <summary>
/// Converts views to and from JSON, for messages and schema <c>twin_state</c>; source-generated, because this runs thousands of times a
/// second.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TwinView))]
public sealed partial class TwinViews : JsonSerializerContext
{
    /// <summary>The packed form of a view.</summary>
    public static PackedTwin Pack(TwinView view) =>
        new(view.AssetId, view.Position, view.Revision, view.TraceParent, JsonSerializer.SerializeToUtf8Bytes(view, Default.TwinView));

    /// <summary>The view of a packed form.</summary>
    public static TwinView Unpack(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.TwinView)!;
}

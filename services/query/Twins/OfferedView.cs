using Contracts.Messages;
using ServiceDefaults;

namespace Query.Twins;

/// <summary>A view as received: its version is known at once, its content is unpacked on first use.</summary>
sealed class OfferedView
{
    readonly byte[]? packed;
    TwinView? view;

    public OfferedView(PackedTwin twin) => (AssetId, Position, Revision, packed) = (twin.AssetId, twin.Position, twin.Revision, twin.View);

    public OfferedView(TwinView view) => (AssetId, Position, Revision, this.view) = (view.AssetId, view.Position, view.Revision, view);

    public string AssetId { get; }

    public long Position { get; }

    public long Revision { get; }

    public TwinView View => view ??= TwinViews.Unpack(packed);
}

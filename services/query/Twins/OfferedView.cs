using Contracts.Messages;
using ServiceDefaults;

namespace Query.Twins;

/// <summary>A view as received: its version is known at once, its content is unpacked on first use.</summary>
sealed class OfferedView
{
    readonly byte[]? packed;
    readonly string? name;
    TwinView? view;

    public OfferedView(PackedTwin twin) => (AssetId, Position, Revision, packed) = (twin.AssetId, twin.Position, twin.Revision, twin.View);

    public OfferedView(TwinView view) => (AssetId, Position, Revision, this.view) = (view.AssetId, view.Position, view.Revision, view);

    /// <summary>
    /// An asset that has not sent anything. It costs only this object: plants register far more than they have connected.
    /// </summary>
    /// <param name="asset">The asset; its newest registration is the revision, so that watchers and entity tags see another one.</param>
    /// <param name="empty">The view that all such assets of its model share.</param>
    public OfferedView(RegisteredAsset asset, TwinView empty) =>
        (AssetId, Revision, name, view) = (asset.Id, asset.Position, asset.Name, empty);

    public string AssetId { get; }

    public string Name => name ?? View.Name;

    public string ModelId => (view ?? View).ModelId;

    /// <summary>True as long as the asset is registered and twin-state has shown nothing of it.</summary>
    public bool IsExpected => name is not null;

    public long Position { get; }

    public long Revision { get; }

    public TwinView View => name is null ? view ??= TwinViews.Unpack(packed) : view! with
    {
        AssetId = AssetId,
        Name = name,
        Revision = Revision,
    };
}

namespace Contracts.Events;

/// <summary>
/// An asset has sent more of a day that could not be accepted than is kept of it; the rest is only counted. In stream
/// <c>rejected/{asset}/{yyyy-MM-dd}</c>, when the first is not kept, the tenth, the hundredth and so on. Written by ingest only.
/// </summary>
/// <param name="AssetId">The asset, or <c>unknown</c>.</param>
/// <param name="Rejections">Payloads of the day that were not kept so far.</param>
/// <param name="Readings">Readings in them.</param>
/// <param name="CountedAt">When it was counted, by ingest's clock.</param>
public sealed record RejectionsNotKept(string AssetId, long Rejections, long Readings, DateTimeOffset CountedAt);

using ServiceDefaults;

namespace Ingest.Recording;

/// <summary>
/// Which writer an asset's messages go to. While one of them holds messages of an asset, new ones follow there, although there may be more
/// or fewer writers in use by now: of two writers with the same asset, one with much to append would lose to one with little again and
/// again.
/// </summary>
sealed class AssetLanes
{
    readonly Dictionary<string, (int Lane, int Pending)> busy = [];

    /// <summary>The lane for one more message.</summary>
    /// <param name="assetId">Its asset.</param>
    /// <param name="lanesInUse">Among how many lanes assets are shared now.</param>
    public int Enter(string assetId, int lanesInUse)
    {
        lock (busy)
        {
            var (lane, pending) = busy.TryGetValue(assetId, out var known) ? known
                : (Lane: (int)(Rendezvous.Hash(assetId) % (ulong)lanesInUse), Pending: 0);
            busy[assetId] = (lane, pending + 1);
            return lane;
        }
    }

    /// <summary>Notes that messages have been written.</summary>
    /// <param name="assetIds">Their assets, one for each message.</param>
    public void Leave(IEnumerable<string> assetIds)
    {
        lock (busy)
        {
            foreach (var assetId in assetIds)
            {
                var (lane, pending) = busy[assetId];
                if (pending == 1) busy.Remove(assetId);
                else busy[assetId] = (lane, pending - 1);
            }
        }
    }
}

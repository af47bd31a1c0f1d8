using Contracts.Events;

namespace Ingest.Recording;

/// <summary>How much of what an asset sends that cannot be accepted is kept of a day.</summary>
/// <param name="Most">Rejections.</param>
/// <param name="MostBytes">Bytes of their payloads.</param>
readonly record struct RejectionQuota(int Most, long MostBytes);

/// <summary>
/// Counts the rejections of an asset of today, so that a device that sends rubbish cannot fill the disk. What is over the quota is counted,
/// and said in the log each time the count has become ten times as large.
/// </summary>
/// <param name="kept">Rejections in the log.</param>
/// <param name="keptBytes">About how many bytes they have.</param>
/// <param name="notKept">Rejections that were not kept, as far as the log says it.</param>
/// <param name="readings">Readings in those.</param>
sealed class RejectedToday(long kept, long keptBytes, long notKept, long readings)
{
    long kept = kept, keptBytes = keptBytes, notKept = notKept, readings = readings, said = notKept;

    /// <summary>Counts one more; true if it is to be kept.</summary>
    public bool Take(ReadingsRejected rejection, RejectionQuota quota)
    {
        if (kept < quota.Most && keptBytes + rejection.Payload.Length <= quota.MostBytes)
        {
            (kept, keptBytes) = (kept + 1, keptBytes + rejection.Payload.Length);
            return true;
        }
        (notKept, readings) = (notKept + 1, readings + rejection.Readings);
        return false;
    }

    /// <summary>What there is to say in the log; null: nothing.</summary>
    public RejectionsNotKept? Notice(string assetId, DateTimeOffset now)
    {
        if (notKept < Math.Max(1, 10 * said)) return null;
        said = notKept;
        return new(assetId, notKept, readings, now);
    }
}

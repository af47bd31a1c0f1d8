using System.Runtime.CompilerServices;
using Ingest.Payloads;

namespace Ingest.Imports;

/// <summary>
/// Resolves the hour repeated at the end of daylight saving by the order of rows: the second pass begins where the clock goes back. Rows
/// whose pass the order does not reveal are rejected: a reading off by an hour is worse than a missing one. Rows of that hour are held back
/// until their pass is known; all others pass straight through.
/// </summary>
static class ResolveLocalTimes
{
    const long Neighbourhood = 3_600_000_000;
    const int MostWaiting = 100_000;
    const int MostWaitingBytes = 16 << 20;

    /// <summary>The rows with unambiguous times.</summary>
    public static async IAsyncEnumerable<ImportRow> Of(IAsyncEnumerable<ImportRow> rows, [EnumeratorCancellation] CancellationToken cancel)
    {
        Dictionary<ushort, Series> all = [];
        var waiting = 0;
        long bytes = 0;
        await foreach (var row in rows.WithCancellation(cancel))
        {
            if (row.Time.Kind is TimeKind.Invalid or TimeKind.Missing)
            {
                yield return row;
                continue;
            }
            if (!all.TryGetValue(row.Series, out var series)) all.Add(row.Series, series = new());
            if (row.Time.Kind == TimeKind.Known)
            {
                foreach (var known in Released(series, series.PassOfWaiting(row.Time.Micros))) yield return known;
                series.Leave(row.Time.Micros);
                yield return row;
                continue;
            }
            if (series.Enter(row.Time.Micros))
                foreach (var known in Released(series, Pass.First)) yield return known;
            if (series.Now == Pass.Second) yield return In(Pass.Second, row);
            else if (series.Now == Pass.Unordered) yield return In(Pass.Unordered, row);
            else
            {
                series.Waiting.Add(row);
                waiting++;
                bytes += row.Raw!.Length;
                // More rows than expected in an hour: give up on them to bound memory.
                if (waiting > MostWaiting || bytes > MostWaitingBytes)
                    foreach (var full in all.Values)
                        foreach (var unknown in Released(full, Pass.Unordered)) yield return unknown;
            }
        }
        foreach (var series in all.Values)
            foreach (var known in Released(series, series.PassOfWaiting(null))) yield return known;

        List<ImportRow> Released(Series series, Pass pass)
        {
            if (series.Waiting.Count == 0) return [];
            List<ImportRow> released = series.Waiting.ConvertAll(r => In(pass, r));
            waiting -= series.Waiting.Count;
            bytes -= series.Waiting.Sum(r => (long)r.Raw!.Length);
            series.Waiting.Clear();
            return released;
        }
    }

    static ImportRow In(Pass pass, ImportRow row) => pass switch
    {
        Pass.First => row with { Raw = row.RejectedReadings > 0 ? row.Raw : null },
        Pass.Second => row with
        {
            Raw = row.RejectedReadings > 0 ? row.Raw : null,
            Readings = Array.ConvertAll(row.Readings, r => r with { SampledAt = r.SampledAt + row.Time.SecondPass }),
        },
        _ when row.Readings.Length == 0 => row,
        _ => row with
        {
            Readings = [],
            RejectedReadings = row.RejectedReadings + row.Readings.Length,
            Rejections = [
                new("ambiguous-time",
                    "The time is in the hour that repeats when daylight saving ends, and the order of the rows does not show which one "
                        + "is meant; allowed: times with an offset such as 2026-10-25T02:30:00+02:00, or both hours in order."),
                .. row.Rejections.Take(Decoded.MostReasons - 1)],
        },
    };

    enum Pass
    {
        Unknown,
        First,
        Second,
        Unordered,
    }

    sealed class Series
    {
        long? before, latest;

        public List<ImportRow> Waiting { get; } = [];

        public Pass Now { get; private set; }

        /// <summary>Notes a row of the repeated hour; true when it shows that the rows waiting belong to the first pass.</summary>
        public bool Enter(long micros)
        {
            var isBack = micros <= latest;
            var isFarAhead = latest is { } l && micros - l > 2 * Neighbourhood;
            latest = micros;
            // The repeated hour of another year.
            if (isFarAhead) (before, Now) = (null, Pass.Unknown);
            if (!isBack) return false;
            Now = Now == Pass.Unknown ? Pass.Second : Pass.Unordered;
            return Now == Pass.Second;
        }

        public void Leave(long micros) => (before, latest, Now) = (micros, null, Pass.Unknown);

        /// <summary>
        /// The pass of waiting rows when the clock did not go back: a row within an hour either before or after the repeated hour decides
        /// it; rows on both sides or on neither do not.
        /// </summary>
        public Pass PassOfWaiting(long? after)
        {
            if (Waiting.Count == 0) return Pass.Unknown;
            var (first, last) = (Waiting[0].Time.Micros, Waiting[^1].Time);
            var followsBefore = first - before is > 0 and <= Neighbourhood;
            var isFollowed = after - (last.Micros + last.SecondPass) is > 0 and <= Neighbourhood;
            return (followsBefore, isFollowed) switch { (true, false) => Pass.First, (false, true) => Pass.Second, _ => Pass.Unordered };
        }
    }
}

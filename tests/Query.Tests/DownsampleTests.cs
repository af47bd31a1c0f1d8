using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Query.Histories;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Query.Tests;

public class DownsampleTests
{
    static readonly long From = Micros.From(Given.Noon);

    static List<Reading> Series(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count)
            .Select(i => new Reading(7, From + i * 1_000_000L + random.Next(1_000_000), Math.Round(random.NextDouble() * 300, 3)))];
    }

    static IReadOnlyList<HistoryPoint> Reduce(IEnumerable<Reading> readings, long to, int points)
    {
        var history = new Downsample(Given.Pressure, EqualBuckets.Of(From, to, points));
        foreach (var reading in readings) history.Add(reading);
        return history.Points();
    }

    [Property]
    public void No_reading_and_no_peak_is_lost(int seed, PositiveInt size, PositiveInt buckets)
    {
        var readings = Series(seed, size.Get % 500 + 1);
        var points = Reduce(readings, From + 500_000_000L, buckets.Get % 300 + 2);
        Assert.Equal(readings.Count, points.Sum(p => p.Count));
        Assert.Equal(readings.Max(r => r.Value), points.Max(p => p.Max));
        Assert.Equal(readings.Min(r => r.Value), points.Min(p => p.Min));
        Assert.Equal(readings.Average(r => r.Value), points.Sum(p => p.Mean!.Value * p.Count) / readings.Count, 9);
        Assert.Equal(readings[0].Value, points[0].First);
        Assert.Equal(readings[^1].Value, points[^1].Last);
    }

    [Property]
    public void Order_does_not_matter(int seed)
    {
        var readings = Series(seed, 200);
        var shuffled = readings.ToArray();
        new Random(seed + 1).Shuffle(shuffled);
        Assert.Equal(Reduce(readings, From + 200_000_000L, 37), Reduce(shuffled, From + 200_000_000L, 37));
    }

    [Property]
    public void Every_reading_lies_in_the_bucket_that_shows_it(int seed, PositiveInt buckets)
    {
        var count = buckets.Get % 97 + 2;
        var width = 100_000_000.0 / count;
        foreach (var point in Reduce(Series(seed, 100), From + 100_000_000L, count))
        {
            Assert.True(point.FirstAt >= point.Start);
            Assert.True(Micros.From(point.LastAt!.Value) - Micros.From(point.Start) < width + 1);
        }
    }

    [Fact]
    public void Rollups_give_the_same_points_as_their_readings_when_buckets_hold_whole_rollups()
    {
        var readings = Series(3, 3600);
        var effects = new StepEffects();
        var bits = Rollup.FixedPointBits(Given.Pressure);
        var fromRollups = new Downsample(Given.Pressure, EqualBuckets.Of(From, From + 3_600_000_000L, 30));
        foreach (var minute in readings.GroupBy(r => Rollup.Start(RollupLevel.Minute, r.SampledAt)))
            fromRollups.Add(minute.Key, minute.Aggregate(default(Rollup), (sum, r) => sum.Merge(Rollup.Of(r.SampledAt, r.Value, bits))));
        Assert.Equal(Reduce(readings, From + 3_600_000_000L, 30), fromRollups.Points());
    }

    [Fact]
    public void Bad_readings_and_those_outside_are_left_out()
    {
        Reading[] readings = [new(7, From - 1, 1), new(7, From, 2), new(7, From + 5, 300, Quality.Bad), new(7, From + 9, 3),
            new(7, From + 10, 4)];
        var points = Reduce(readings, From + 10, 2);
        Assert.Equal([2.0, 3.0], points.Select(p => p.Max));
    }

    [Fact]
    public void Empty_buckets_are_left_out() => Assert.Single(Reduce([new(7, From + 55, 1)], From + 100, 10));

    // Compared with a computation from the readings themselves, for any range, number of points and level.
    [Property(MaxTest = 300)]
    public void Buckets_of_rollups_hold_what_lies_in_them_and_nothing_else(int seed, byte levelIndex, PositiveInt askedPoints)
    {
        var level = (RollupLevel)(levelIndex % 3);
        var random = new Random(seed);
        var levelWidth = Rollup.WidthMicros[(int)level];
        var points = askedPoints.Get % 40 + 2;
        var from = From + random.Next(100_000) * 1_000_000L;
        var to = from + (levelWidth * points / 1_000_000L + random.Next(20_000)) * 1_000_000L;
        List<Reading> readings = [
            .. Enumerable.Range(0, 400)
                .Select(_ => new Reading(
                    7, from - levelWidth + random.NextInt64(to - from + 2 * levelWidth), Math.Round(random.NextDouble() * 300, 3)))
                        .DistinctBy(r => r.SampledAt)];
        var bits = Rollup.FixedPointBits(Given.Pressure);
        var edges = EqualBuckets.Of(from, to, points, level);
        var history = new Downsample(Given.Pressure, edges);
        foreach (var part in HistorySource.Cover(level, from, to))
        {
            foreach (var piece in readings.GroupBy(r => Rollup.Start(part.Level, r.SampledAt))
                .Where(g => g.Key >= part.From && g.Key < part.To))
                history.Add(piece.Key, piece.Select(r => Rollup.Of(r.SampledAt, r.Value, bits)).Aggregate((a, b) => a.Merge(b)));
        }

        var width = TimeSpan.FromMicroseconds(edges.Span / edges.Count);
        Assert.Equal(0, edges.Span / edges.Count % levelWidth);
        Assert.True(edges.Count <= points + 1);
        var expected = readings.Where(r => r.SampledAt >= from && r.SampledAt < to).GroupBy(r => edges.IndexOf(r.SampledAt))
            .OrderBy(g => g.Key).ToList();
        var found = history.Points();
        Assert.Equal(expected.Count, found.Count);
        foreach (var (bucket, point) in expected.Zip(found))
        {
            Assert.True(point.Start <= point.FirstAt && point.FirstAt <= point.LastAt && point.LastAt < point.Start + width);
            Assert.Equal((bucket.LongCount(), bucket.Min(r => r.Value), bucket.Max(r => r.Value)), (point.Count, point.Min, point.Max));
            Assert.Equal(bucket.Average(r => r.Value), point.Mean!.Value, tolerance: 1e-6);
            Assert.Equal((bucket.MinBy(r => r.SampledAt).Value, bucket.MaxBy(r => r.SampledAt).Value), (point.First, point.Last));
        }
    }
}

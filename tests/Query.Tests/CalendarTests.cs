using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Query.Histories;
using ServiceDefaults;
using TwinModel.Telemetry;
using TwinModel.Twins;
using Calendar = Query.Histories.Calendar;

namespace Query.Tests;

public class CalendarTests
{
    static readonly string[] Units = ["1m", "5m", "15m", "30m", "1h", "6h", "12h", "1d", "1w", "1mo", "1y"];

    static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "America/Havana", "Asia/Kathmandu",
        "Asia/Kolkata", "Australia/Lord_Howe",
        "Pacific/Apia", "Pacific/Chatham", "Africa/Casablanca", "Antarctica/Troll",
    ];

    static long Micro(string time) => Micros.From(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    static CalendarBuckets Split(string bucket, string zone, string from, string to) =>
        Calendar.Parse(bucket, zone, null)!.Split(Micro(from), Micro(to), 10_000);

    /// <summary>Bucket starts in local time, with the offset.</summary>
    static List<string> Starts(string bucket, string zone, string from, string to) =>
    [
        .. Split(bucket, zone, from, to).Edges[..^1]
            .Select(e => TimeZoneInfo.ConvertTime(Micros.ToTime(e), TimeZoneInfo.FindSystemTimeZoneById(zone))
                .ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)),
    ];

    static List<double> Hours(CalendarBuckets buckets) => [.. buckets.Edges.Zip(buckets.Edges.Skip(1), (a, b) => (b - a) / 3.6e9)];

    [Fact]
    public void Days_have_23_hours_in_spring_and_25_in_autumn()
    {
        Assert.Equal([24, 23, 24], Hours(Split("1d", "Europe/Berlin", "2026-03-27T23:00Z", "2026-03-30T22:00Z")));
        Assert.Equal([24, 25, 24], Hours(Split("1d", "Europe/Berlin", "2026-10-23T22:00Z", "2026-10-26T23:00Z")));
        Assert.Equal([24, 24, 24], Hours(Split("1d", "UTC", "2026-03-28T00:00Z", "2026-03-31T00:00Z")));
        // The quarter of the day with the clock change is longer or shorter, like the day itself.
        Assert.Equal([7, 6, 6, 6], Hours(Split("6h", "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T23:00Z")));
        Assert.Equal([5, 6, 6, 6], Hours(Split("6h", "Europe/Berlin", "2026-03-28T23:00Z", "2026-03-29T22:00Z")));
    }

    [Fact]
    public void An_hour_that_comes_twice_is_two_buckets_and_one_that_is_skipped_is_none()
    {
        Assert.Equal(
            ["2026-10-25 01:00 +02:00", "2026-10-25 02:00 +02:00", "2026-10-25 02:00 +01:00", "2026-10-25 03:00 +01:00"],
            Starts("1h", "Europe/Berlin", "2026-10-24T23:00Z", "2026-10-25T03:00Z"));
        Assert.Equal(
            ["2026-03-29 01:00 +01:00", "2026-03-29 03:00 +02:00"],
            Starts("1h", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T02:00Z"));
        var quarters = Split("15m", "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T23:00Z");
        Assert.Equal(100, quarters.Count);
        Assert.All(Hours(quarters), hours => Assert.Equal(0.25, hours));
    }

    [Fact]
    public void Half_an_hour_that_comes_twice_is_a_bucket_of_its_own()
    {
        // On Lord Howe clocks are set back from 02:00 to 01:30, and forward from 02:00 to 02:30.
        Assert.Equal(
            ["2026-04-05 01:00 +11:00", "2026-04-05 01:30 +10:30", "2026-04-05 02:00 +10:30"],
            Starts("1h", "Australia/Lord_Howe", "2026-04-04T14:00Z", "2026-04-04T16:30Z"));
        Assert.Equal([1, 0.5, 1], Hours(Split("1h", "Australia/Lord_Howe", "2026-04-04T14:00Z", "2026-04-04T16:30Z")));
        Assert.Equal([1, 0.5, 1], Hours(Split("1h", "Australia/Lord_Howe", "2026-10-03T14:30Z", "2026-10-03T17:00Z")));
        Assert.Equal([24.5], Hours(Split("1d", "Australia/Lord_Howe", "2026-04-04T13:00Z", "2026-04-05T13:30Z")));
        Assert.Equal(98, Split("15m", "Australia/Lord_Howe", "2026-04-04T13:00Z", "2026-04-05T13:30Z").Count);
    }

    [Fact]
    public void Hours_of_a_zone_that_is_a_fraction_off_begin_within_hours_of_utc()
    {
        Assert.Equal(
            ["2026-03-01 00:00 +05:45", "2026-03-01 01:00 +05:45"],
            Starts("1h", "Asia/Kathmandu", "2026-02-28T18:15Z", "2026-02-28T20:15Z"));
        // Whole hours in the middle of a day, minutes around midnight.
        var days = Split("1d", "Asia/Kathmandu", "2026-02-28T18:15Z", "2026-03-02T18:15Z");
        Assert.Equal(
            [
                (RollupLevel.Minute, Micro("2026-02-28T18:15Z"), Micro("2026-02-28T19:00Z")),
                (RollupLevel.Hour, Micro("2026-02-28T19:00Z"), Micro("2026-03-01T18:00Z")),
                (RollupLevel.Minute, Micro("2026-03-01T18:00Z"), Micro("2026-03-01T19:00Z")),
                (RollupLevel.Hour, Micro("2026-03-01T19:00Z"), Micro("2026-03-02T18:00Z")),
                (RollupLevel.Minute, Micro("2026-03-02T18:00Z"), Micro("2026-03-02T18:15Z")),
            ],
            days.Cover(RollupLevel.Hour));
        // No hour fits: a single range of minutes.
        Assert.Equal(RollupLevel.Minute,
            Assert.Single(Split("1h", "Asia/Kathmandu", "2026-02-28T18:15Z", "2026-03-02T18:15Z").Cover(RollupLevel.Hour)).Level);
    }

    [Fact]
    public void A_day_whose_midnight_does_not_exist_begins_at_its_first_instant()
    {
        Assert.Equal(
            ["2018-11-03 00:00 -03:00", "2018-11-04 01:00 -02:00", "2018-11-05 00:00 -02:00"],
            Starts("1d", "America/Sao_Paulo", "2018-11-03T03:00Z", "2018-11-06T02:00Z"));
        Assert.Equal([24, 23, 24], Hours(Split("1d", "America/Sao_Paulo", "2018-11-03T03:00Z", "2018-11-06T02:00Z")));
        // In February 2018 clocks were set back at midnight, so the hour before it occurred twice.
        Assert.Equal([25, 24], Hours(Split("1d", "America/Sao_Paulo", "2018-02-17T02:00Z", "2018-02-19T03:00Z")));
        // In Havana the first hour of the day occurs twice.
        Assert.Equal(["2026-11-01 00:00 -04:00", "2026-11-02 00:00 -05:00"],
            Starts("1d", "America/Havana", "2026-11-01T04:00Z", "2026-11-03T05:00Z"));
    }

    [Fact]
    public void A_day_that_a_zone_skipped_is_no_bucket()
    {
        Assert.Equal(
            ["2011-12-29 00:00 -10:00", "2011-12-31 00:00 +14:00", "2012-01-01 00:00 +14:00"],
            Starts("1d", "Pacific/Apia", "2011-12-29T10:00Z", "2012-01-01T10:00Z"));
        Assert.Equal([24, 24, 24], Hours(Split("1d", "Pacific/Apia", "2011-12-29T10:00Z", "2012-01-01T10:00Z")));
    }

    [Fact]
    public void Months_and_years_have_their_lengths_and_weeks_begin_on_monday()
    {
        Assert.Equal([31, 29, 31, 30], Hours(Split("1mo", "UTC", "2028-01-01T00:00Z", "2028-05-01T00:00Z")).Select(h => h / 24));
        Assert.Equal([(31 * 24) - 1, (30 * 24), (31 * 24)], Hours(Split("1mo", "Europe/Berlin", "2026-02-28T23:00Z", "2026-05-31T22:00Z")));
        Assert.Equal([366, 365], Hours(Split("1y", "Europe/Berlin", "2027-12-31T23:00Z", "2029-12-31T23:00Z")).Select(h => h / 24));
        // Monday, 28 December begins the week that contains 1 January.
        Assert.Equal(
            ["2026-12-21 00:00 +01:00", "2026-12-28 00:00 +01:00", "2027-01-04 00:00 +01:00"],
            Starts("1w", "Europe/Berlin", "2026-12-20T23:00Z", "2027-01-10T23:00Z"));
        Assert.Equal(["1969-12-22 00:00 +00:00", "1969-12-29 00:00 +00:00", "1970-01-05 00:00 +00:00"],
            Starts("1w", "UTC", "1969-12-22T00:00Z", "1970-01-06T00:00Z"));
    }

    [Fact]
    public void The_first_and_the_last_bucket_are_cut_where_they_go_on_outside()
    {
        (bool?, bool?, bool?) Cuts(string from, string to)
        {
            var days = Split("1d", "Europe/Berlin", from, to);
            return (days.Empty(0).Cut, days.Empty(1).Cut, days.Empty(days.Count - 1).Cut);
        }
        Assert.Equal((false, false, false), Cuts("2026-10-23T22:00Z", "2026-10-26T23:00Z"));
        Assert.Equal((true, false, false), Cuts("2026-10-23T22:00:00.000001Z", "2026-10-26T23:00Z"));
        Assert.Equal((false, false, true), Cuts("2026-10-23T22:00Z", "2026-10-26T22:59:59Z"));
        var part = Split("1mo", "UTC", "2026-03-05T00:00Z", "2026-03-07T00:00Z");
        Assert.Equal((1, true, Micro("2026-03-05T00:00Z"), Micro("2026-03-07T00:00Z")),
            (part.Count, part.Empty(0).Cut, Micros.From(part.Empty(0).Start), Micros.From(part.Empty(0).End!.Value)));
        Assert.False(Split("1h", "Europe/Berlin", "2026-10-25T01:00Z", "2026-10-25T02:00Z").IsFirstCut);
    }

    [Theory]
    [InlineData("2h", "UTC", null, "bucket")]
    [InlineData("", null, null, "bucket")]
    [InlineData("1D", null, null, "bucket")]
    [InlineData("1d", "Europe/Atlantis", null, "timeZone")]
    [InlineData("1d", "", null, "timeZone")]
    [InlineData("1d", "../../etc/localtime", null, "timeZone")]
    [InlineData("1d", "/usr/share/zoneinfo/Europe/Berlin", null, "timeZone")]
    [InlineData("1d", "right/Europe/Berlin", null, "timeZone")]
    [InlineData("1d", "localtime", null, "timeZone")]
    [InlineData("1d", "Europe", null, "timeZone")]
    [InlineData("1d", "UTc", null, "timeZone")]
    [InlineData("1d", null, "zero", "fill")]
    [InlineData(null, "Europe/Berlin", null, "timeZone")]
    [InlineData(null, null, "null", "fill")]
    public void What_is_no_calendar_is_refused_with_field(string? bucket, string? zone, string? fill, string field) =>
        Assert.Equal(field, Assert.Throws<InvalidInputException>(() => Calendar.Parse(bucket, zone, fill)).Field);

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/UTC")]
    [InlineData("Etc/GMT+5")]
    [InlineData("Asia/Kolkata")]
    [InlineData("America/Argentina/Buenos_Aires")]
    public void A_zone_keeps_the_name_it_was_asked_by(string zone)
    {
        Assert.Equal(zone, Calendar.Parse("1d", zone, null)!.Zone.Id);
        Assert.Throws<InvalidInputException>(
            () => Calendar.Parse("1d", zone.ToUpperInvariant() == zone ? $"{zone}x" : zone.ToUpperInvariant(), null));
    }

    [Fact]
    public void More_buckets_than_allowed_are_refused_with_the_limit()
    {
        var calendar = Calendar.Parse("1m", null, null)!;
        Assert.Equal(10_000, calendar.Split(0, 10_000 * 60_000_000L, 10_000).Count);
        var refused = Assert.Throws<InvalidInputException>(() => calendar.Split(0, 10_000 * 60_000_000L + 1, 10_000));
        Assert.Equal(("bucket", "at most 10000 buckets between from and to"), (refused.Field, refused.Allowed));
    }

    // In every zone a bucket begins exactly where its calendar unit changes in local time.
    [Property(MaxTest = 300)]
    public void Buckets_hold_exactly_their_readings_whichever_rollups_they_are_made_of(int seed)
    {
        var random = new Random(seed);
        var (unit, zone, level) = (Units[random.Next(Units.Length)], Zones[random.Next(Zones.Length)], (RollupLevel)random.Next(3));
        var calendar = Calendar.Parse(unit, zone, null)!;
        // Often near a clock change: the zones have changes in these weeks, or had one then.
        string[] near = ["2026-03-29T00:00Z", "2026-10-25T00:00Z", "2026-04-04T10:00Z", "2026-11-01T00:00Z", "2018-11-04T00:00Z",
            "2011-12-30T00:00Z", "2006-10-29T00:00Z", "2026-02-15T00:00Z"];
        var longest = unit switch { "1m" or "5m" => 6, "15m" or "30m" or "1h" => 48, "6h" or "12h" or "1d" => 400, _ => 20_000 };
        var from = Micro(near[random.Next(near.Length)]) - random.Next(longest * 3_600) * Micros.PerSecond;
        var to = from + (1 + random.Next(2 * longest * 3_600)) * Micros.PerSecond;
        var buckets = calendar.Split(from, to, 100_000);

        Assert.Equal((from, to), (buckets.Edges[0], buckets.Edges[^1]));
        Assert.True(buckets.Edges.Zip(buckets.Edges.Skip(1)).All(e => e.First < e.Second && e.First % Micros.PerSecond == 0));

        List<Reading> readings =
        [
            .. Enumerable.Range(0, 300).Select(_ => from - Micros.PerSecond + random.NextInt64(to - from + 2 * Micros.PerSecond))
                .Concat(buckets.Edges.Take(50).SelectMany(e => new[] { e - 1, e })).Distinct()
                    .Select(at => new Reading(7, at, Math.Round(random.NextDouble() * 300, 3))),
        ];
        var (raw, rolled) = (new Downsample(Given.Pressure, buckets), new Downsample(Given.Pressure, buckets));
        foreach (var reading in readings) raw.Add(reading);
        var (bits, at) = (Rollup.FixedPointBits(Given.Pressure), from);
        foreach (var part in buckets.Cover(level))
        {
            Assert.Equal((at, true), (part.From, part.Level <= level));
            foreach (var piece in readings.GroupBy(r => Rollup.Start(part.Level, r.SampledAt))
                .Where(g => g.Key >= part.From && g.Key < part.To))
                rolled.Add(piece.Key, piece.Select(r => Rollup.Of(r.SampledAt, r.Value, bits)).Aggregate((a, b) => a.Merge(b)));
            at = part.To;
        }
        Assert.Equal(to, at);
        Assert.Equal(raw.Points(withEmpty: true), rolled.Points(withEmpty: true));

        var points = raw.Points(withEmpty: true);
        Assert.Equal(buckets.Count, points.Count);
        Assert.Equal(readings.Count(r => r.SampledAt >= from && r.SampledAt < to), points.Sum(p => p.Count));
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        foreach (var (point, i) in points.Select((p, i) => (p, i)))
        {
            var (start, end) = (Micros.From(point.Start), Micros.From(point.End!.Value));
            Assert.Equal((buckets.Edges[i], buckets.Edges[i + 1]), (start, end));
            var held = readings.Where(r => r.SampledAt >= start && r.SampledAt < end).OrderBy(r => r.SampledAt).ToList();
            Assert.Equal(held.Count, point.Count);
            // The same calendar unit in local time at both ends.
            Assert.Equal(NameOf(unit, point.Start, clock), NameOf(unit, point.End.Value.AddMicroseconds(-1), clock));
            if (held.Count == 0) continue;
            Assert.Equal(
                (held.Min(r => r.Value), held.Max(r => r.Value), held[0].Value, held[0].SampledAt, held[^1].Value, held[^1].SampledAt),
                (point.Min!.Value, point.Max!.Value, point.First!.Value, Micros.From(point.FirstAt!.Value), point.Last!.Value,
                    Micros.From(point.LastAt!.Value)));
            Assert.Equal(held.Average(r => r.Value), point.Mean!.Value, tolerance: 1e-6);
        }
        // Neighbours differ in their unit, or are the two passes of a repeated hour.
        foreach (var (before, after) in points.Zip(points.Skip(1)))
        {
            if (NameOf(unit, before.Start, clock) != NameOf(unit, after.Start, clock)) continue;
            Assert.True(clock.GetUtcOffset(after.Start) < clock.GetUtcOffset(before.Start));
        }
    }

    static string NameOf(string unit, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        var minutes = unit switch { "1m" => 1, "5m" => 5, "15m" => 15, "30m" => 30, "1h" => 60, "6h" => 360, "12h" => 720, _ => 1440 };
        return unit switch
        {
            "1y" => $"{local:yyyy}",
            "1mo" => $"{local:yyyy-MM}",
            "1w" => $"{ISOWeek.GetYear(local)}-W{ISOWeek.GetWeekOfYear(local)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{local:yyyy-MM-dd} {(int)local.TimeOfDay.TotalMinutes / minutes}"),
        };
    }
}

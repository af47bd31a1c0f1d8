using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Query.Histories;

/// <summary>History of an asset's sensors.</summary>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="Series">One per sensor, in the order of the request.</param>
sealed record HistoryAnswer(
    string AssetId,
    [property: Description("Readings from here; moved to a whole second when stored rollups are used.")] DateTimeOffset From,
    [property: Description("Up to but without this time.")] DateTimeOffset To,
    [property: Description("Buckets that cover from to to, equal ones unless bucket was given.")] int Points,
    [property: Description(
        "Width of a bucket; a multiple of the rollups' width when stored rollups are used; null with bucket, as widths differ.")]
    double? BucketSeconds,
    [property: Description("Width on the calendar; null when not asked for.")] string? Bucket,
    [property: Description("Whose clocks the edges of buckets follow; null without bucket.")] string? TimeZone,
    [property: Description("How buckets without readings are shown; null when they are left out.")] string? Fill,
    IReadOnlyList<SensorHistory> Series,
    [property: Description("What the log held up to this position; null when not asked for.")] long? KnownAtPosition,
    [property: Description("When that position was appended.")] DateTimeOffset? KnownAt);

/// <summary>One sensor's history.</summary>
/// <param name="SensorId">Sensor id.</param>
sealed record SensorHistory(
    string SensorId,
    [property: Description("Unit of the values.")] string Unit,
    [property: Description("What buckets were put together from: raw, 1s, 1m or 1h.")] string Source,
    [property: Description("Buckets with readings, oldest first; with fill all buckets.")] IReadOnlyList<HistoryPoint> Points);

/// <summary>
/// One bucket. Bad readings are not counted. Without readings, shown only with fill, all values are null except a filled-in mean.
/// </summary>
/// <param name="Start">Start of the bucket.</param>
/// <param name="Count">Readings in the bucket.</param>
/// <param name="Min">Lowest value, in the series' unit.</param>
/// <param name="Max">Highest value, in the series' unit.</param>
/// <param name="Mean">Mean of the values, in the series' unit.</param>
/// <param name="First">Value of the earliest reading, in the series' unit.</param>
/// <param name="FirstAt">Sample time of the earliest reading.</param>
/// <param name="Last">Value of the latest reading, in the series' unit.</param>
/// <param name="LastAt">Sample time of the latest reading.</param>
readonly record struct HistoryPoint(
    DateTimeOffset Start, long Count, double? Min, double? Max, double? Mean, double? First, DateTimeOffset? FirstAt, double? Last,
    DateTimeOffset? LastAt)
{
    [Description("Up to but without this time; only with bucket.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? End { get; init; }

    [Description("The bucket of the calendar begins before from or ends after to: this is a part of it; only with bucket.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Cut { get; init; }

    [Description("What the quantity was, given all points and the sensor's noise; null when not asked for, or the model states no noise.")]
    public double? Estimate { get; init; }

    [Description("Of the quantity around the estimate.")]
    public double? EstimateStandardDeviation { get; init; }

    public static HistoryPoint Empty(DateTimeOffset start) => new(start, 0, null, null, null, null, null, null, null);
}

using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Query.Histories;

/// <summary>History of an asset's sensors.</summary>
/// <param name="AssetId">Id of the asset.</param>
/// <param name="Series">One per sensor, in the order of the request.</param>
sealed record HistoryAnswer(
    string AssetId,
    [property: Description("Start of the range; rounded to a whole second when stored rollups are used.")] DateTimeOffset From,
    [property: Description("End of the range, exclusive.")] DateTimeOffset To,
    [property: Description("Number of buckets between from and to; equal unless bucket was given.")] int Points,
    [property: Description(
        "Width of a bucket; a multiple of the rollups' width when stored rollups are used; null with bucket, where widths differ.")]
    double? BucketSeconds,
    [property: Description("Calendar bucket, as requested; null when not requested.")] string? Bucket,
    [property: Description("Time zone of the buckets; null without bucket.")] string? TimeZone,
    [property: Description("How buckets without readings are shown; null when they are left out.")] string? Fill,
    IReadOnlyList<SensorHistory> Series,
    [property: Description("The log was read up to this position; null without knownAt.")] long? KnownAtPosition,
    [property: Description("When that position was appended.")] DateTimeOffset? KnownAt);

/// <summary>One sensor's history.</summary>
/// <param name="SensorId">Sensor id.</param>
sealed record SensorHistory(
    string SensorId,
    [property: Description("Unit of the values.")] string Unit,
    [property: Description("Finest level that the buckets were aggregated from: raw, 1s, 1m or 1h.")] string Source,
    [property: Description("Buckets with readings, oldest first; with fill, all buckets.")] IReadOnlyList<HistoryPoint> Points);

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
    [Description("End of the bucket, exclusive; only with bucket.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? End { get; init; }

    [Description("True when the calendar bucket begins before from or ends after to, so only part of it is covered; only with bucket.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Cut { get; init; }

    [Description("Estimate of the true quantity, given all points and the sensor's noise; null if not requested or no noise is stated.")]
    public double? Estimate { get; init; }

    [Description("Standard deviation of the true quantity around the estimate.")]
    public double? EstimateStandardDeviation { get; init; }

    public static HistoryPoint Empty(DateTimeOffset start) => new(start, 0, null, null, null, null, null, null, null);
}

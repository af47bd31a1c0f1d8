using Contracts.Events;
using Ingest.Payloads;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Fuzz.Decoders;

/// <summary>What holds of every result of a payload decoder.</summary>
static class CheckReadings
{
    public const int LongestReason = 4096;

    static readonly long Earliest = Micros.From(DateTimeOffset.MinValue), Latest = Micros.From(DateTimeOffset.MaxValue);

    public static string? Of(Decoded decoded, AssetModel model, bool mayBeEmpty = false) =>
        Of(decoded.Readings, model) ?? Of(decoded.Rejections)
        ?? (decoded.RejectedReadings < decoded.Rejections.Count ? $"{decoded.Rejections.Count} reasons, {decoded.RejectedReadings} rejected"
            : decoded.Rejections.Count > Decoded.MostReasons ? $"{decoded.Rejections.Count} reasons"
            : !mayBeEmpty && decoded.Readings.Count + decoded.RejectedReadings == 0 ? "neither readings nor rejections"
            : null);

    public static string? Of(IEnumerable<Reading> readings, AssetModel model)
    {
        foreach (var reading in readings)
        {
            if (!double.IsFinite(reading.Value) && reading != Reading.WithoutValue(reading.Sensor, reading.SampledAt))
                return $"{reading} is not finite";
            if (model.Sensor(reading.Sensor) is null) return $"{reading} is of no sensor";
            if (reading.SampledAt < Earliest || reading.SampledAt > Latest) return $"{reading} is out of time";
            if (!Enum.IsDefined(reading.Quality)) return $"{reading} has no quality";
        }
        return null;
    }

    public static string? Of(IEnumerable<RejectionReason> reasons)
    {
        foreach (var (code, detail) in reasons)
        {
            if (code.Length == 0 || detail.Length == 0) return "a rejection without a reason";
            if (detail.Length > LongestReason) return $"a reason of {detail.Length} characters: {detail[..200]}";
        }
        return null;
    }
}

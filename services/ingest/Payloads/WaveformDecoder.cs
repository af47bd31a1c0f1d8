using System.Buffers.Binary;
using System.Buffers.Text;
using TwinModel.Assets;
using TwinModel.Health;
using TwinModel.Telemetry;
using TwinModel.Units;

namespace Ingest.Payloads;

/// <summary>A decoded waveform, not yet reduced to features.</summary>
/// <param name="Waveform">Its definition in the model.</param>
/// <param name="SampledAt">Time of the first sample, microseconds since the Unix epoch.</param>
/// <param name="Samples">Validated, in the waveform's unit.</param>
readonly record struct RecordedWaveform(Waveform Waveform, long SampledAt, double[] Samples);

/// <summary>Decodes waveform samples and reduces them to readings; the samples themselves are not kept.</summary>
static class WaveformDecoder
{
    static readonly Unit PerMinute = Unit.Find("1/min")!;

    /// <summary>The data value expected, for the reason of a rejection.</summary>
    public static string Allowed(Waveform waveform) => $"samples of {waveform.Id}, {Format(waveform)}, base64url";

    /// <summary>Decodes samples, or rejects them.</summary>
    /// <returns>Null if they were rejected.</returns>
    public static double[]? Decode(ReadOnlySpan<byte> base64Url, Waveform waveform, Decoded to, int record)
    {
        if (!Base64Url.IsValid(base64Url, out var length)) return Reject("malformed-base64", "no base64url");
        var size = waveform.Int16Scale is null ? sizeof(float) : sizeof(short);
        if (length % size != 0)
            return Reject("malformed-samples", FormattableString.Invariant($"{length} bytes, not a multiple of {size}"));
        var count = length / size;
        if (count < waveform.LeastSamples || count > waveform.MostSamples)
        {
            return Reject(
                count < waveform.LeastSamples ? "too-few-samples" : "too-many-samples", FormattableString.Invariant($"{count} samples"),
                FormattableString.Invariant($"{waveform.LeastSamples} to {waveform.MostSamples} samples"));
        }
        var bytes = Base64Url.DecodeFromUtf8(base64Url);
        var samples = new double[count];
        for (var i = 0; i < count; i++)
        {
            var at = bytes.AsSpan(i * size);
            var sample = samples[i] = waveform.Int16Scale is { } scale
                ? BinaryPrimitives.ReadInt16LittleEndian(at) * scale
                : BinaryPrimitives.ReadSingleLittleEndian(at);
            if (!double.IsFinite(sample))
                return Reject("not-finite", FormattableString.Invariant($"{sample} in sample {i}"), "finite numbers");
            if (!waveform.Physical.Contains(sample))
            {
                return Reject(
                    "physically-impossible", FormattableString.Invariant($"{sample} {waveform.Unit.Symbol} in sample {i}"),
                    FormattableString.Invariant($"{waveform.Physical.Min} to {waveform.Physical.Max} {waveform.Unit.Symbol}"));
            }
        }
        return samples;

        double[]? Reject(string code, string found, string? allowed = null)
        {
            to.Reject(code, "vd", found, allowed ?? Allowed(waveform), record);
            return null;
        }
    }

    /// <summary>
    /// Adds the features of all waveforms to the readings. Call it when the readings are complete: they may include the shaft speed.
    /// </summary>
    public static void Reduce(Decoded to, AssetModel model)
    {
        foreach (var (waveform, sampledAt, samples) in to.Waveforms)
        {
            foreach (var (sensor, value) in ReduceWaveform.Apply(
                waveform, samples, ShaftPerMinute(waveform.Bearing, sampledAt, to.Readings, model)))
                to.Readings.Add(new(sensor, sampledAt, value, Quality.Good));
        }
        to.Waveforms.Clear();
    }

    // Of several speed readings, uses the one nearest to the waveform in time. Readings have not been checked against their ranges yet, so
    // impossible speeds are skipped.
    static double? ShaftPerMinute(WaveformBearing? bearing, long sampledAt, List<Reading> readings, AssetModel model)
    {
        if (bearing?.SpeedSensor is not { } number) return bearing?.SpeedFactor;
        var sensor = model.Sensor(number)!;
        var speeds = readings.Where(r => r.Sensor == number && sensor.Physical.Contains(r.Value)).ToList();
        return speeds.Count == 0
            ? null
            : bearing.SpeedFactor * sensor.Unit.ConvertTo(PerMinute, speeds.MinBy(r => Math.Abs(r.SampledAt - sampledAt)).Value);
    }

    static string Format(Waveform waveform) => waveform.Int16Scale is null ? "little-endian float32" : "little-endian int16";
}

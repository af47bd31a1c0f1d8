using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Units;

namespace TwinModel.Scenarios;

/// <summary>
/// Turns readings of input sensors into piecewise constant settings: medians over 10 s, or over a tick of the estimation where that is
/// shorter, and a new setting only where they leave the noise band. Operators change a setting only now and then, and each step of an
/// input restarts the integrator.
/// </summary>
public static class RecordInputs
{
    /// <summary>
    /// Time before the start that determines the initial state: several time constants of the barrel and its controllers.
    /// </summary>
    public const double WarmUpSeconds = 3600;

    const double LongestBinSeconds = 10;

    // Relative to the value: smaller differences are not a change of setting.
    const double RelativeDeadband = 0.002;

    /// <summary>The settings of every input that a sensor records.</summary>
    /// <param name="model">Model with physics.</param>
    /// <param name="readings">Readings in any order; those of other sensors are ignored.</param>
    /// <param name="startMicros">Start of the run, microseconds since 1970.</param>
    /// <param name="horizonSeconds">Length of the run, s; later readings are ignored.</param>
    public static RecordedInputs From(AssetModel model, IEnumerable<Reading> readings, long startMicros, double horizonSeconds)
    {
        if (model.Physics is not { } physics) return RecordedInputs.None;
        var binSeconds = Math.Min(LongestBinSeconds, model.Estimation?.Tick.TotalSeconds ?? LongestBinSeconds);
        var inputs = physics.Inputs.Where(i => i.Sensor is not null).ToList();
        var bySensor = readings.Where(r => r.Quality != Quality.Bad)
            .ToLookup(r => r.Sensor, r => (Seconds: (r.SampledAt - startMicros) / (double)Micros.PerSecond, r.Value));
        Dictionary<string, IReadOnlyList<Setting>> courses = [];
        foreach (var input in inputs)
        {
            var sensor = model.Sensor(input.Sensor!.Value)!;
            var calculation = Unit.OfCalculation(sensor.Unit.Quantity);
            var bins = bySensor[sensor.Number].Where(r => r.Seconds >= -WarmUpSeconds && r.Seconds <= horizonSeconds)
                .GroupBy(r => (long)Math.Floor(r.Seconds / binSeconds)).OrderBy(g => g.Key)
                .Select(g => (Seconds: g.Key * binSeconds, Value: Median([.. g.Select(r => r.Value).Order()]))).ToList();
            if (bins.Count == 0) continue;
            courses[input.Id] = [
                .. Plateaus(bins, 3 * sensor.Noise)
                    .Select((p, i) => new Setting(i == 0 ? -WarmUpSeconds : p.Seconds, sensor.Unit.ConvertTo(calculation, p.Value)))];
        }
        return new(courses, courses.Count == 0 ? 0 : WarmUpSeconds, Hash(courses));
    }

    static double Median(double[] sorted) =>
        sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;

    static IEnumerable<(double Seconds, double Value)> Plateaus(List<(double Seconds, double Value)> bins, double noise)
    {
        var (start, sum, count) = (bins[0].Seconds, 0.0, 0);
        foreach (var (seconds, value) in bins)
        {
            var mean = count == 0 ? value : sum / count;
            if (Math.Abs(value - mean) > Math.Max(noise, RelativeDeadband * Math.Abs(mean)))
            {
                yield return (start, mean);
                (start, sum, count) = (seconds, 0, 0);
            }
            sum += value;
            count++;
        }
        yield return (start, sum / count);
    }

    static string Hash(Dictionary<string, IReadOnlyList<Setting>> courses)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[16];
        foreach (var (id, course) in courses.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{id}\n"));
            foreach (var setting in course)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, setting.Seconds);
                BinaryPrimitives.WriteDoubleLittleEndian(bytes[8..], setting.Value);
                hash.AppendData(bytes);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

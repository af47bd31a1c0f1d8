using System.Globalization;
using System.Text;
using TwinModel.Assets;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace Integration.Tests.Running;

/// <summary>Readings as devices write them and as a twin folds them.</summary>
static class Samples
{
    public static long Now => Micros.From(TimeProvider.System.GetUtcNow());

    /// <summary>A SenML pack with absolute times, exact to the microsecond.</summary>
    public static byte[] Senml(AssetModel model, IEnumerable<Reading> readings) =>
        Encoding.UTF8.GetBytes($"[{string.Join(',', readings.Select(r => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"n":"{{model.Sensor(r.Sensor)!.Id}}","t":{{r.SampledAt / Micros.PerSecond}}.{{r.SampledAt % Micros.PerSecond:D6}},"v":{{r.Value:R}}}""")))}]");

    public static string SenmlTopic(string assetId) => $"pollux/{assetId}/senml";

    /// <summary>One plausible reading of each of the first sensors at one time; each number gives different values.</summary>
    public static Reading[] Frame(AssetModel model, long sampledAt, int number, int sensors = 12) =>
        [.. model.Sensors.Take(sensors).Select(s => new Reading(s.Number, sampledAt, Plausible(s, number)))];

    static double Plausible(Sensor sensor, int number)
    {
        var (low, high) = (Math.Max(sensor.Plausible.Min, sensor.Physical.Min), Math.Min(sensor.Plausible.Max, sensor.Physical.Max));
        return Math.Round(low + (high - low) * (0.3 + 0.2 * Math.Sin(number * 0.1 + sensor.Number)), 3);
    }

    /// <summary>
    /// The content hash of a twin that saw these readings in order of sample time: every twin must arrive at it.
    /// </summary>
    public static string HashOf(AssetModel model, IEnumerable<Reading> readings)
    {
        var (twin, effects) = (new Twin(model), new StepEffects());
        foreach (var frame in readings.OrderBy(r => r.SampledAt).Chunk(1000)) twin.Step(frame, effects);
        return twin.Hash();
    }
}

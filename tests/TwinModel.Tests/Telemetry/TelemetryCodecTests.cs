using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TwinModel.Telemetry;

namespace TwinModel.Tests.Telemetry;

public class TelemetryCodecTests
{
    static List<Reading> RoundTrip(params Reading[] readings)
    {
        List<Reading> back = [];
        TelemetryCodec.Decode(TelemetryCodec.Encode(readings), back);
        return back;
    }

    static Reading[] Sorted(IEnumerable<Reading> readings) => [.. readings.OrderBy(r => r.Sensor).ThenBy(r => r.SampledAt)];

    static Gen<double> Values => Gen.OneOf(
        Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 100.0),
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(f => f.Item),
        Gen.Elements(0.0, -0.0, double.Epsilon, double.MaxValue, double.MinValue, double.NaN, 1.0 / 3, 1e-300, 9007199254740993.0));

    static Gen<Reading[]> Batches =>
        from readings in (from sensor in Gen.Choose(1, 5)
                          from at in Gen.OneOf(
                              Gen.Choose(0, 2_000_000_000).Select(i => (long)i), Gen.Choose(0, 100).Select(i => Given.T0 + i * 1_000_000L))
                          from value in Values
                          from quality in Gen.Elements(Quality.Good, Quality.Good, Quality.Uncertain, Quality.Bad)
                          select new Reading((ushort)sensor, at, value, quality)).NonEmptyListOf()
        select readings.DistinctBy(r => (r.Sensor, r.SampledAt)).ToArray();

    [Property(MaxTest = 500)]
    public Property Every_batch_comes_back_bit_for_bit() => Prop.ForAll(Batches.ToArbitrary(), batch =>
    {
        var back = RoundTrip(batch);
        return Sorted(batch).Zip(back).All(pair =>
            pair.First.Sensor == pair.Second.Sensor && pair.First.SampledAt == pair.Second.SampledAt
                && pair.First.Quality == pair.Second.Quality
            && BitConverter.DoubleToInt64Bits(pair.First.Value) == BitConverter.DoubleToInt64Bits(pair.Second.Value))
                && back.Count == batch.Length;
    });

    [Fact]
    public void Sensors_sampled_together_share_one_time_column()
    {
        var readings = Enumerable.Range(0, 12)
            .SelectMany(s => Enumerable.Range(0, 10)
                .Select(i => new Reading((ushort)(s + 1), Given.T0 + i * 1_000_000L, 200 + s + i * 0.1))).ToArray();
        var batch = Contracts.Telemetry.V1.TelemetryBatch.Parser.ParseFrom(TelemetryCodec.Encode(readings));
        Assert.Single(batch.Times);
        Assert.Equal(12, batch.Sensors.Count);
    }

    [Fact]
    public void Short_decimals_of_a_line_at_one_hertz_take_less_than_four_bytes_each()
    {
        var random = new Random(1);
        var readings = Enumerable.Range(0, 12).SelectMany(s => Enumerable.Range(0, 10)
            .Select(i => new Reading((ushort)(s + 1), Given.T0 + i * 1_000_000L, Math.Round(200 + random.NextDouble(), 1)))).ToArray();
        Assert.InRange(TelemetryCodec.Encode(readings).Length, 1, 4 * readings.Length);
    }

    [Fact]
    public void The_sample_range_is_read_without_decoding()
    {
        var encoded = TelemetryCodec.Encode([Given.Temperature(3, 20), Given.Temperature(1, 20), Given.Pressure(9, 2)]);
        Assert.Equal((Given.T0 + 1_000_000, Given.T0 + 9_000_000), TelemetryCodec.SampleRange(encoded));
    }

    [Fact]
    public void Only_one_sensor_can_be_decoded()
    {
        List<Reading> back = [];
        TelemetryCodec.Decode(TelemetryCodec.Encode([Given.Temperature(1, 20), Given.Pressure(1, 2)]), back, onlySensor: 7);
        Assert.Equal([Given.Pressure(1, 2)], back);
    }

    [Fact]
    public void Dropped_duplicates_are_counted() =>
        Assert.Equal(5, TelemetryCodec.Decode(TelemetryCodec.Encode([Given.Temperature(1, 20)], duplicates: 5), []));

    [Property(MaxTest = 300)]
    public void Damaged_bytes_are_refused_or_read_but_never_crash(byte[] bytes)
    {
        try
        {
            TelemetryCodec.Decode(bytes, []);
        }
        catch (FormatException)
        {
        }
    }

    [Fact]
    public void Truncated_batches_are_refused_or_read_but_never_crash()
    {
        var encoded = TelemetryCodec.Encode(
            [.. Enumerable.Range(0, 50).Select(i => Given.Temperature(i, Math.Sin(i), i % 7 == 0 ? Quality.Uncertain : Quality.Good))]);
        for (var length = 0; length < encoded.Length; length++)
        {
            try
            {
                TelemetryCodec.Decode(encoded.AsSpan(0, length), []);
            }
            catch (FormatException)
            {
            }
        }
    }
}

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using FsCheck.Xunit;
using Ingest.Payloads;
using TwinModel.Assets;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;

namespace Ingest.Tests;

/// <summary>Waveforms in SenML become readings of the sensors that the model names.</summary>
public class WaveformTests
{
    const int Rate = 2560;

    static readonly ushort[] Features = [.. new[]
    {
        "bearing-acceleration-rms", "bearing-kurtosis", "bearing-crest", "bearing-envelope-outer-race",
    }.Select(s => Extruder.Number(s))];

    static readonly AssetModel Integers = ReadAssetModel.FromText(
        Extruder.Source.Replace("most-samples: 8192", "most-samples: 8192\n    int16-scale: 0.01", StringComparison.Ordinal),
        "integers.asset.yaml");

    static readonly AssetModel Fixed = ReadAssetModel.FromText(
        Extruder.Source.Replace("speed: { sensor: screw-speed }", "speed: { fixed-per-minute: 80 }", StringComparison.Ordinal),
        "fixed.asset.yaml");

    /// <summary>Impacts at 16 per second, each ringing at 800 Hz.</summary>
    static float[] Ringing(int count = 4096) =>
        [.. Enumerable.Range(0, count).Select(i => i % 160 / (double)Rate)
            .Select(t => (float)(4 * Math.Exp(-250 * t) * Math.Sin(2 * Math.PI * 800 * t)))];

    static string Text(params float[] samples)
    {
        var bytes = new byte[4 * samples.Length];
        for (var i = 0; i < samples.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), samples[i]);
        return Base64Url.EncodeToString(bytes);
    }

    static string Record(string data, string more = "") => $$"""{"n":"bearing-acceleration","vd":"{{data}}"{{more}}}""";

    const string Speed = """{"n":"screw-speed","v":80}""";

    static string Reason(string record, string? model = null)
    {
        var decoded = DecodedSenml($"[{record}]", model is null ? null : Integers);
        Assert.Equal(1, decoded.RejectedReadings);
        Assert.Empty(decoded.Readings);
        Assert.Empty(decoded.Waveforms);
        var reason = Assert.Single(decoded.Rejections);
        return $"{reason.Code}: {reason.Detail}";
    }

    [Fact]
    public void A_waveform_becomes_readings_at_the_time_of_its_first_sample()
    {
        var decoded = DecodedSenml($$"""[{{Speed}},{{Record(Text(Ringing()), ",\"u\":\"m/s2\",\"t\":-1.6")}}]""");
        Assert.Empty(decoded.Rejections);
        Assert.Equal([Extruder.Number("screw-speed"), .. Features], decoded.Readings.Select(r => r.Sensor));
        var features = decoded.Readings.Skip(1).ToList();
        Assert.All(features, r => Assert.Equal((Now - 1_600_000, Quality.Good), (r.SampledAt, r.Quality)));
        var samples = Ringing().Select(v => (double)v - Ringing().Average(x => (double)x)).ToArray();
        var rms = Math.Sqrt(samples.Average(v => v * v));
        Assert.Equal(rms, features[0].Value, 1e-5 * rms);
        Assert.Equal(samples.Max(Math.Abs) / rms, features[2].Value, 1e-4);
        Assert.True(features[1].Value > 5, "strikes have a high kurtosis");
        Assert.True(features[3].Value > 0.3, "and a line at their frequency");
    }

    [Fact]
    public void The_speed_may_come_after_the_waveform_and_in_its_own_unit()
    {
        var before = DecodedSenml($$"""[{{Speed}},{{Record(Text(Ringing()))}}]""").Readings[^1];
        var after = DecodedSenml($$"""[{{Record(Text(Ringing()))}},{"n":"screw-speed","u":"1/s","v":1.3333333333333333}]""").Readings[^1];
        Assert.Equal((Features[3], before), (before.Sensor, after));
    }

    [Fact]
    public void Of_several_speeds_the_nearest_in_time_counts()
    {
        string With(string speeds) => $"[{Record(Text(Ringing()), ",\"t\":-2")},{speeds}]";
        var near = DecodedSenml(With("""{"n":"screw-speed","v":80,"t":-2.5},{"n":"screw-speed","v":117}""")).Readings[^1];
        var far = DecodedSenml(With("""{"n":"screw-speed","v":117,"t":-2.5},{"n":"screw-speed","v":80}""")).Readings[^1];
        Assert.True(near.Value > 5 * far.Value, $"{near.Value} at the true frequency, {far.Value} beside it");
    }

    [Fact]
    public void Without_a_speed_in_the_pack_the_defect_is_left_out() =>
        Assert.Equal(Features[..3], DecodedSenml($"[{Record(Text(Ringing()))}]").Readings.Select(r => r.Sensor));

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1001")]
    [InlineData("1e308")]
    public void A_speed_at_which_nothing_turns_or_that_is_impossible_tells_nothing(string speed) =>
        Assert.Equal(Features[..3],
            DecodedSenml($$"""[{{Record(Text(Ringing()))}},{"n":"screw-speed","v":{{speed}}}]""").Readings.Skip(1).Select(r => r.Sensor));

    [Fact]
    public void A_fixed_speed_needs_none_in_the_pack() =>
        Assert.Equal(Features, DecodedSenml($"[{Record(Text(Ringing()))}]", Fixed).Readings.Select(r => r.Sensor));

    [Fact]
    public void The_same_payload_gives_the_same_bits()
    {
        var json = $"[{Speed},{Record(Text(Ringing(5000)))}]";
        Assert.Equal(DecodedSenml(json).Readings, DecodedSenml(json).Readings);
    }

    [Fact]
    public void Integers_are_scaled_by_the_model()
    {
        var bytes = new byte[2 * 4096];
        var counts = Ringing().Select(v => (short)Math.Round(100 * v)).ToArray();
        for (var i = 0; i < counts.Length; i++) BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), counts[i]);
        var integers = DecodedSenml($"[{Speed},{Record(Base64Url.EncodeToString(bytes))}]", Integers);
        var floats = DecodedSenml($"[{Speed},{Record(Text([.. counts.Select(c => c * 0.01f)]))}]");
        Assert.Empty(integers.Rejections);
        Assert.All(integers.Readings.Zip(floats.Readings),
            pair => Assert.Equal(pair.Second.Value, pair.First.Value, 1e-4 * Math.Abs(pair.Second.Value)));
    }

    [Fact]
    public void Names_of_a_connection_and_base_names_find_it()
    {
        var model = ReadAssetModel.FromText(
            Extruder.Source.Replace(
                "payload: senml }", "payload: senml, names: { \"Acc 1\": bearing-acceleration } }", StringComparison.Ordinal),
                    "named.asset.yaml");
        var record = Record(Text(Ringing()));
        Assert.Equal(3, DecodedSenml(
            $"[{record.Replace("bearing-acceleration", "Acc 1", StringComparison.Ordinal)}]", model).Readings.Count);
        Assert.Equal(3, DecodedSenml($$"""[{"bn":"urn:dev:line-1:"},{{record}}]""").Readings.Count);
    }

    [Fact]
    public void A_bad_waveform_leaves_the_rest_of_its_pack_alone()
    {
        var decoded = DecodedSenml($"[{Speed},{Record("AAA")},{Record(Text(Ringing()))}]");
        Assert.Equal(5, decoded.Readings.Count);
        Assert.Equal("malformed-samples", Assert.Single(decoded.Rejections).Code);
    }

    [Fact]
    public void A_pack_that_is_refused_gives_no_features()
    {
        Assert.Equal("malformed-json", DecodedSenml($"[{Record(Text(Ringing()))}").Code());
        Assert.Equal("unsupported-field", DecodedSenml($$"""[{{Record(Text(Ringing()))}},{"must_":1}]""").Code());
    }

    [Fact]
    public void Text_that_is_no_base64url_is_rejected()
    {
        Assert.StartsWith(
            "malformed-base64: record 0: 'vd' is 'no base64url'; allowed: samples of bearing-acceleration, little-endian float32, "
                + "base64url", Reason(Record("AAAA*AAA")), StringComparison.Ordinal);
        // The standard base64 alphabet.
        Assert.StartsWith("malformed-base64", Reason(Record("AA+/")), StringComparison.Ordinal);
        Assert.StartsWith("malformed-base64", Reason(Record("A")), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_whole_samples_are_rejected()
    {
        Assert.StartsWith(
            "malformed-samples: record 0: 'vd' is '8195 bytes, not a multiple of 4'",
            Reason(Record(Base64Url.EncodeToString(new byte[8195]))),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "malformed-samples: record 0: 'vd' is '8195 bytes, not a multiple of 2'",
            Reason(Record(Base64Url.EncodeToString(new byte[8195])), "integers"), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_and_too_many_samples_are_rejected()
    {
        Assert.Equal("too-few-samples: record 0: 'vd' is '2047 samples'; allowed: 2048 to 8192 samples.",
            Reason(Record(Text(Ringing(2047)))));
        Assert.Equal("too-many-samples: record 0: 'vd' is '8193 samples'; allowed: 2048 to 8192 samples.",
            Reason(Record(Text(Ringing(8193)))));
        Assert.StartsWith("too-few-samples: record 0: 'vd' is '0 samples'", Reason(Record("")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "not-finite: record 0: 'vd' is 'NaN in sample 7'; allowed: finite numbers.")]
    [InlineData(float.PositiveInfinity, "not-finite: record 0: 'vd' is 'Infinity in sample 7'; allowed: finite numbers.")]
    [InlineData(float.NegativeInfinity, "not-finite: record 0: 'vd' is '-Infinity in sample 7'; allowed: finite numbers.")]
    [InlineData(500.5f, "physically-impossible: record 0: 'vd' is '500.5 m/s2 in sample 7'; allowed: -500 to 500 m/s2.")]
    [InlineData(-1e30f, "physically-impossible: record 0: 'vd' is '-1.0000000150474662E+30 m/s2 in sample 7'; allowed: -500 to 500 m/s2.")]
    public void One_impossible_sample_rejects_all(float sample, string reason)
    {
        var samples = Ringing();
        samples[7] = sample;
        Assert.Equal(reason, Reason(Record(Text(samples))));
    }

    [Theory]
    [InlineData("""{"n":"bearing-acceleration","v":1.5}""", "wrong-type: record 0: 'vd' is 'not text'")]
    [InlineData("""{"n":"bearing-acceleration","vd":1.5}""", "wrong-type: record 0: 'vd' is 'not text'")]
    [InlineData("""{"n":"bearing-acceleration","vd":[1.5]}""", "wrong-type: record 0: 'vd' is 'not text'")]
    [InlineData("""{"n":"bearing-acceleration","vd":"AAAA","v":1}""", "wrong-type: record 0: 'vd' is 'not the only value'")]
    [InlineData("""{"n":"bearing-acceleration","t":-1}""", "no-value: record 0: 'vd' is missing")]
    [InlineData("""{"n":"bearing-acceleration","vd":"AAAA","u":"g"}""",
        "unit-mismatch: record 0: 'u' is 'g'; allowed: m/s2 of bearing-acceleration.")]
    [InlineData("""{"n":"bearing-acceleration","vd":"AAAA","u":7}""", "wrong-type: record 0: 'u' is 'not a string'")]
    [InlineData("""{"n":"bearing-acceleration","vd":"AAAA","t":"now"}""", "invalid-time: record 0: 't' is 'no time'")]
    [InlineData("""{"n":"bearing-noise","vd":"AAAA"}""", "unknown-sensor: record 0: 'n' is 'bearing-noise'")]
    [InlineData("""{"n":"bearing-acceleration-rms","vd":"AAAA"}""", "wrong-type: record 0: 'v' is 'not a number'")]
    public void A_record_that_is_no_waveform_is_rejected(string record, string reason) =>
        Assert.StartsWith(reason, Reason(record), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_name_is_told_the_waveforms() =>
        Assert.EndsWith(", bearing-acceleration.", Reason("""{"n":"bearing-noise","vd":"AAAA"}"""), StringComparison.Ordinal);

    [Fact]
    public void Escaped_text_is_unescaped() =>
        Assert.Equal(3, DecodedSenml($"[{Record(Text(Ringing()).Replace("A", "\\u0041", StringComparison.Ordinal))}]").Readings.Count);

    [Property(MaxTest = 300)]
    public void Any_bytes_are_features_or_a_reason(byte[] bytes, byte fill)
    {
        var samples = new byte[8192];
        Array.Fill(samples, fill);
        bytes.AsSpan(0, Math.Min(bytes.Length, samples.Length)).CopyTo(samples);
        var decoded = new Decoded();
        SenmlDecoder.Decode(
            Encoding.UTF8.GetBytes($"[{Speed},{Record(Base64Url.EncodeToString(samples))}]"), Extruder, Senml(Extruder), Now, decoded);
        Assert.Equal(decoded.RejectedReadings == 0 ? 5 : 1, decoded.Readings.Count);
        Assert.All(decoded.Readings, r => Assert.True(double.IsFinite(r.Value)));
    }
}

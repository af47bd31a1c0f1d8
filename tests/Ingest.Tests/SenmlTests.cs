using System.Text;
using FsCheck.Xunit;
using Ingest.Payloads;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;

namespace Ingest.Tests;

public class SenmlTests
{
    [Fact]
    public void A_pack_without_times_gets_the_time_of_receipt() =>
        Assert.Equal(new(6, Now, 201.5), DecodedSenml("""[{"n":"melt-temperature","v":201.5}]""").Reading());

    [Fact]
    public void Rfc_5_1_1_a_single_data_point_is_read_by_its_mapped_name() =>
        Assert.Equal(new(3, Now, 23.1), DecodedSenml("""[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]""", Rfc).Reading());

    [Fact]
    public void Rfc_5_1_2_a_base_name_joins_every_record()
    {
        var decoded = DecodedSenml(
            """[{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},{"n":"current","u":"A","v":1.2}]""", Rfc);
        Assert.Equal([new(1, Now, 120.1), new(2, Now, 1.2)], decoded.Readings);
        Assert.Empty(decoded.Rejections);
    }

    [Fact]
    public void Rfc_5_1_2_base_time_unit_and_version_apply_to_the_records_that_follow()
    {
        var decoded = DecodedSenml(
            """
            [{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
             {"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},{"n":"current","t":-3,"v":1.4},
             {"n":"current","t":-2,"v":1.5},{"n":"current","t":-1,"v":1.6},{"n":"current","v":1.7}]
            """, Rfc);
        const long Base = 1_276_020_076_001_000;
        Assert.Equal(
            [
                new(1, Base, 120.1), new(2, Base - 5_000_000, 1.2), new(2, Base - 4_000_000, 1.3), new(2, Base - 3_000_000, 1.4),
                new(2, Base - 2_000_000, 1.5), new(2, Base - 1_000_000, 1.6), new(2, Base, 1.7),
            ],
            decoded.Readings);
        Assert.Empty(decoded.Rejections);
    }

    [Fact]
    public void Rfc_5_1_3_units_that_the_model_does_not_know_are_rejected_one_by_one()
    {
        var decoded = DecodedSenml(
            """
            [{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20},{"u":"lon","v":24.30621},{"u":"Cel","t":60,"v":20.3}]
            """, Rfc);
        Assert.Equal(new(3, 1_320_067_524_000_000, 20.3), Assert.Single(decoded.Readings));
        Assert.Equal(["unit-mismatch", "unit-mismatch"], decoded.Rejections.Select(r => r.Code));
        Assert.Contains("record 1: 'u' is 'lon'; allowed: K, degC, degF", decoded.Rejections[1].Detail);
    }

    [Fact]
    public void Rfc_5_1_5_a_later_base_name_replaces_the_former()
    {
        var decoded = DecodedSenml(
            """
            [{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":27.2},{"n":"humidity","u":"%","v":80},
             {"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},{"n":"humidity","u":"/","v":0.67}]
            """, Rfc);
        const long At = 1_320_078_429_000_000;
        Assert.Equal([new(3, At, 27.2), new(4, At, 80), new(3, At, 12.3), new(4, At, 67)], decoded.Readings);
    }

    [Fact]
    public void Rfc_5_1_4_text_booleans_and_data_are_no_values_of_numeric_sensors()
    {
        var decoded = DecodedSenml(
            """[{"bn":"urn:dev:ow:10e2073a01080063:","n":"temperature","u":"Cel","v":23.1},{"n":"voltage","vs":"Machine Room"},{"n":"open","vb":false},{"n":"current","vd":"aGkgCg"}]""", Rfc);
        Assert.Equal(23.1, Assert.Single(decoded.Readings).Value);
        Assert.Equal(["wrong-type", "wrong-type", "wrong-type"], decoded.Rejections.Select(r => r.Code));
    }

    [Fact]
    public void A_name_before_its_base_name_in_the_same_record_is_joined() =>
        Assert.Equal(6, DecodedSenml("""[{"v":1,"n":"temperature","bn":"melt-"}]""").Reading().Sensor);

    [Fact]
    public void The_prefix_of_a_base_name_ends_at_its_last_separator() =>
        Assert.Equal(6, DecodedSenml("""[{"bn":"urn:dev:plant/line-1:melt-","n":"temperature","v":1}]""").Reading().Sensor);

    [Fact]
    public void A_base_name_alone_may_name_the_sensor() =>
        Assert.Equal(6, DecodedSenml("""[{"bn":"urn:dev:melt-temperature","v":1}]""").Reading().Sensor);

    [Fact]
    public void A_record_of_base_fields_only_is_no_reading() =>
        Assert.Equal(5, DecodedSenml("""[{"bn":"x:","bu":"Cel"},{"n":"melt-temperature","v":5}]""").Reading().Value);

    [Theory]
    [InlineData("1700000000.000001", 1_700_000_000_000_001)]
    [InlineData("1700000000.123456", 1_700_000_000_123_456)]
    [InlineData("1.700000000999999e9", 1_700_000_000_999_999)]
    [InlineData("17000000001234567E-7", 1_700_000_000_123_457)]
    [InlineData("268435456", 268_435_456_000_000)]
    public void Times_are_exact_to_the_microsecond(string time, long micros) =>
        Assert.Equal(micros, DecodedSenml($$"""[{"n":"melt-temperature","v":1,"t":{{time}}}]""").Reading().SampledAt);

    [Theory]
    [InlineData("-5", -5_000_000)]
    [InlineData("-0.000001", -1)]
    [InlineData("0", 0)]
    [InlineData("268435455", 268_435_455_000_000)]
    public void Times_below_two_to_the_28_are_relative_to_the_receipt(string time, long micros) =>
        Assert.Equal(Now + micros, DecodedSenml($$"""[{"n":"melt-temperature","v":1,"t":{{time}}}]""").Reading().SampledAt);

    [Theory]
    [InlineData("1e300")]
    [InlineData("1e15")]
    [InlineData("300000000000")]
    [InlineData("\"now\"")]
    [InlineData("null")]
    public void A_time_outside_the_calendar_is_rejected(string time) =>
        Assert.Equal("invalid-time", DecodedSenml($$"""[{"n":"melt-temperature","v":1,"t":{{time}}}]""").Code());

    [Fact]
    public void A_base_time_and_a_time_that_overflow_together_are_rejected() =>
        Assert.Equal("invalid-time", DecodedSenml("""[{"bt":999999999999,"n":"melt-temperature","v":1,"t":999999999999}]""").Code());

    [Fact]
    public void A_unit_is_converted_into_the_models() =>
        Assert.Equal(201.85, DecodedSenml("""[{"n":"melt-temperature","u":"K","v":475}]""").Reading().Value, 9);

    [Fact]
    public void A_value_in_the_models_unit_keeps_its_bits() =>
        Assert.Equal(0.1 + 0.2, DecodedSenml("""[{"n":"melt-temperature","u":"Cel","v":0.30000000000000004}]""").Reading().Value);

    [Fact]
    public void A_base_value_is_added_in_decimal() =>
        Assert.Equal(20.3, DecodedSenml("""[{"bv":20.1,"n":"melt-temperature","v":0.2}]""").Reading().Value);

    [Theory]
    [InlineData("kg")]
    [InlineData("bar")]
    [InlineData("a unit whose name is much longer than any unit's")]
    public void A_unit_of_another_quantity_is_rejected(string unit) =>
        Assert.Equal("unit-mismatch", DecodedSenml($$"""[{"n":"melt-temperature","u":"{{unit}}","v":1}]""").Code());

    [Theory]
    [InlineData("\"v\":\"12\"", "wrong-type")]
    [InlineData("\"v\":null", "wrong-type")]
    [InlineData("\"v\":[1]", "wrong-type")]
    [InlineData("\"v\":{\"x\":[1,2]}", "wrong-type")]
    [InlineData("\"v\":1,\"vs\":\"x\"", "wrong-type")]
    [InlineData("\"vb\":true", "wrong-type")]
    [InlineData("\"v\":1,\"u\":5", "wrong-type")]
    [InlineData("\"s\":1", "no-value")]
    [InlineData("\"t\":1", "no-value")]
    [InlineData("\"quality\":\"good\"", "no-value")]
    [InlineData("\"v\":1,\"quality\":\"so-so\"", "unknown-quality")]
    [InlineData("\"v\":1,\"status\":3", "unknown-quality")]
    [InlineData("\"v\":1e400", "not-finite")]
    [InlineData("\"v\":-1e400", "not-finite")]
    public void A_record_that_is_no_number_is_rejected(string fields, string code) =>
        Assert.Equal(code, DecodedSenml($$"""[{"n":"melt-temperature",{{fields}}}]""").Code());

    [Theory]
    [InlineData("melt-temp")]
    [InlineData("Melt-Temperature")]
    [InlineData("line-1:melt-temperature")]
    [InlineData("")]
    public void An_unknown_name_is_rejected_with_the_names_allowed(string name)
    {
        var decoded = DecodedSenml($$"""[{"n":"{{name}}","v":1}]""");
        Assert.Equal("unknown-sensor", decoded.Code());
        Assert.Contains("zone-1-temperature", decoded.Rejections[0].Detail);
    }

    [Theory]
    [InlineData("""{"n":"melt-temperature","n":"melt-pressure","v":1}""", "n")]
    [InlineData("""{"n":"melt-temperature","v":1,"t":1,"t":2}""", "t")]
    [InlineData("""{"n":"melt-temperature","v":1,"u":"K","u":"Cel"}""", "u")]
    [InlineData("""{"n":"melt-temperature","v":1,"quality":"bad","status":"good"}""", "quality")]
    public void A_field_given_twice_is_rejected_with_its_record(string twice, string field)
    {
        var decoded = DecodedSenml($$"""[{{twice}},{"n":"melt-pressure","v":90}]""");
        Assert.Equal(90, Assert.Single(decoded.Readings).Value);
        var reason = Assert.Single(decoded.Rejections);
        Assert.Equal("given-twice", reason.Code);
        Assert.Contains($"'{field}'", reason.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_a_c_string_is_passed_over() =>
        Assert.Equal(3, DecodedSenml("[{\"n\":\"melt-temperature\",\"v\":3}]\0\0").Reading().Value);

    [Fact]
    public void A_very_long_name_is_unknown() =>
        Assert.Equal("unknown-sensor",
            DecodedSenml($$"""[{"bn":"{{new string('b', 5000)}}","n":"{{new string('n', 5000)}}","v":1}]""").Code());

    [Fact]
    public void Escaped_names_and_labels_are_unescaped() =>
        Assert.Equal(6, DecodedSenml("""[{"\u006e":"melt\u002dtemperature","\u0076":1}]""").Reading().Sensor);

    [Fact]
    public void Fields_that_are_not_known_are_passed_over_with_what_they_hold() =>
        Assert.Equal(3, DecodedSenml("""[{"n":"melt-temperature","x":{"v":[7]},"ct":"60","v":3,"ut":5}]""").Reading().Value);

    [Theory]
    [InlineData("""[{"n":"melt-temperature","v":1},{"bver":11,"n":"melt-temperature","v":1}]""", "unsupported-version")]
    [InlineData("""[{"n":"melt-temperature","v":1},{"n":"melt-temperature","v":1,"must_":1}]""", "unsupported-field")]
    [InlineData("""[{"n":"melt-temperature","v":1,"must\u005f":1}]""", "unsupported-field")]
    [InlineData("""[{"n":"melt-temperature","v":1,"bn":1}]""", "wrong-type")]
    [InlineData("""[{"n":"melt-temperature","v":1,"bt":"x"}]""", "invalid-time")]
    [InlineData("""[{"n":"melt-temperature","v":1,"bv":1e999}]""", "not-finite")]
    [InlineData("""[{"n":"melt-temperature","v":1},{"n":"melt-temperature","v":NaN}]""", "malformed-json")]
    [InlineData("""[{"n":"melt-temperature","v":1}] x""", "malformed-json")]
    [InlineData("""[{"n":"melt-temperature","v":1}""", "malformed-json")]
    [InlineData("""[{"n":"melt-temperature\ud800","v":1}]""", "malformed-json")]
    [InlineData("""[{"n":"melt-temperature","v":1},5]""", "malformed-json")]
    [InlineData("""{"n":"melt-temperature","v":1}""", "malformed-json")]
    [InlineData("[]", "malformed-json")]
    [InlineData("[{}]", "no-value")]
    [InlineData("""[{"bv":20}]""", "no-value")]
    [InlineData("""[{"bn":"line-1:","bt":1700000000},{"x":1}]""", "no-value")]
    [InlineData("""[{"bt":1,"bt":2,"n":"melt-temperature","v":1}]""", "given-twice")]
    [InlineData("", "malformed-json")]
    [InlineData("23.5", "malformed-json")]
    public void A_pack_that_cannot_be_understood_is_rejected_whole(string json, string code) =>
        Assert.Equal(code, DecodedSenml(json).Code());

    [Fact]
    public void A_malformed_pack_is_rejected_with_the_byte_position() =>
        Assert.StartsWith(
            "byte 26: ", Assert.Single(DecodedSenml("""[{"n":"melt-temperature"} x]""").Rejections).Detail, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_not_utf8_are_rejected_with_their_position()
    {
        var decoded = new Decoded();
        SenmlDecoder.Decode([.. "[{\"n\":\"a"u8, 0xC3, 0x28], Extruder, Senml(Extruder), Now, decoded);
        Assert.Equal("malformed-json", decoded.Code());
        Assert.StartsWith("byte 8:", decoded.Rejections[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_malformed() =>
        Assert.Equal("malformed-json",
            DecodedSenml($$"""[{"n":"melt-temperature","v":1,"x":{{new string('[', 50)}}{{new string(']', 50)}}}]""").Code());

    [Fact]
    public void More_records_than_allowed_are_too_large() =>
        Assert.Equal("too-large",
            DecodedSenml($"[{string.Join(',', Enumerable.Repeat("""{"n":"melt-temperature","v":1}""", 10_001))}]").Code());

    [Fact]
    public void More_bytes_than_allowed_are_too_large() => Assert.Equal("too-large", DecodedSenml(new string(' ', (1 << 20) + 1)).Code());

    [Fact]
    public void Reasons_are_capped_and_readings_counted()
    {
        var decoded = DecodedSenml($"[{string.Join(',', Enumerable.Repeat("""{"n":"nothing","v":1}""", 100))}]");
        Assert.Equal(100, decoded.RejectedReadings);
        Assert.Equal(Decoded.MostReasons, decoded.Rejections.Count);
    }

    [Fact]
    public void What_is_left_of_the_former_message_is_cleared()
    {
        var decoded = DecodedSenml("""[{"n":"melt-temperature","v":1},{"n":"nothing","v":1}]""");
        SenmlDecoder.Decode("""[{"n":"melt-pressure","v":2}]"""u8, Extruder, Senml(Extruder), Now, decoded);
        Assert.Equal(new(7, Now, 2), decoded.Reading());
        Assert.Equal(0, decoded.RejectedReadings);
    }

    [Fact]
    public void A_reused_result_keeps_models_apart()
    {
        var decoded = new Decoded();
        foreach (var (model, number) in new[] { (Extruder, 10), (PumpLoop, 3), (Extruder, 10) })
        {
            SenmlDecoder.Decode("""[{"n":"motor-current","v":2}]"""u8, model, Senml(model), Now, decoded);
            Assert.Equal(number, decoded.Reading().Sensor);
        }
    }

    [Property(MaxTest = 2000)]
    public void Random_bytes_never_throw(byte[] bytes)
    {
        var decoded = new Decoded();
        SenmlDecoder.Decode(bytes, Extruder, Senml(Extruder), Now, decoded);
        Assert.Equal(decoded.RejectedReadings > 0, decoded.Rejections.Count > 0);
        Assert.All(decoded.Readings, r => Assert.True(double.IsFinite(r.Value)));
    }

    [Theory]
    [InlineData("""[{"bt":1700000000123,"n":"melt-temperature","v":1}]""")]
    [InlineData("""[{"n":"melt-temperature","v":1,"t":1700000000123456}]""")]
    public void A_time_in_milliseconds_or_finer_is_rejected_as_such(string pack)
    {
        var decoded = DecodedSenml(pack);
        Assert.Equal("invalid-time", decoded.Code());
        Assert.Contains("looks like milliseconds", decoded.Rejections[0].Detail);
    }

    [Theory]
    [InlineData("\"quality\":\"bad\"", null, Quality.Bad)]
    [InlineData("\"status\":\"offline\"", null, Quality.Bad)]
    [InlineData("\"v\":21.5,\"status\":\"OK\"", 21.5, Quality.Good)]
    [InlineData("\"v\":21.5,\"quality\":\"stale\"", 21.5, Quality.Uncertain)]
    public void A_status_is_the_quality_and_without_a_value_a_bad_one_says_that_there_is_none(string fields, double? value, Quality quality)
    {
        var reading = DecodedSenml($$"""[{"n":"melt-temperature",{{fields}}}]""").Reading();
        Assert.Equal((value, quality), (reading.ValueOrNull, reading.Quality));
    }

    // RFC 8428: 4.2 requires a value in every record, and 4.5.4 adds the base value to it, so a base value alone is not a value.
    [Fact]
    public void A_base_value_alone_is_no_value() =>
        Assert.Equal("no-value", DecodedSenml("""[{"bv":20},{"n":"melt-temperature"}]""").Code());

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.Equal(1, DecodedSenml("\uFEFF[{\"n\":\"melt-temperature\",\"v\":1}]").Reading().Value);

    [Property(MaxTest = 3000)]
    public void A_pack_with_any_bytes_overwritten_never_throws(byte replacement, ushort at, byte second, ushort alsoAt)
    {
        var bytes = Encoding.UTF8.GetBytes(
            """[{"bn":"urn:line-1:","bt":1.7e9,"bu":"Cel","bver":5,"n":"melt-temperature","v":1.5},"""
                + """{"n":"melt-pressure","u":"bar","t":-1,"v":2}]""");
        bytes[at % bytes.Length] = replacement;
        bytes[alsoAt % bytes.Length] = second;
        var decoded = new Decoded();
        SenmlDecoder.Decode(bytes, Extruder, Senml(Extruder), Now, decoded);
        Assert.All(decoded.Readings, r => Assert.True(double.IsFinite(r.Value)));
    }
}

using FsCheck.Xunit;
using Ingest.Payloads;
using Ingest.Recording;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;

namespace Ingest.Tests;

public class PlainTests
{
    [Theory]
    [InlineData("23.5", 23.5)]
    [InlineData("  23.5 \r\n", 23.5)]
    [InlineData("-1e2", -100)]
    [InlineData("23.5 degC", 23.5)]
    [InlineData("23.5°C", 23.5)]
    [InlineData("23.5 Cel", 23.5)]
    [InlineData("""{"value":23.5}""", 23.5)]
    [InlineData(""" {"value":23.5,"unit":"degC","other":{"value":[1]}} """, 23.5)]
    public void A_number_is_a_reading_at_the_time_of_receipt(string payload, double value) =>
        Assert.Equal(new(6, Now, value), DecodedPlain(payload).Reading());

    [Theory]
    [InlineData("475 K")]
    [InlineData("""{"value":475,"unit":"K"}""")]
    public void A_unit_is_converted_into_the_sensors(string payload) => Assert.Equal(201.85, DecodedPlain(payload).Reading().Value, 9);

    [Theory]
    [InlineData("\"2023-11-14T22:13:20.123456Z\"")]
    [InlineData("\"2023-11-14T23:13:20.123456+01:00\"")]
    [InlineData("\"2023-11-14 22:13:20.1234561\"")]
    [InlineData("1700000000.123456")]
    [InlineData("1700000000123.456")]
    [InlineData("1700000000123456")]
    [InlineData("1700000000123456000")]
    [InlineData("\"2023-11-14T22:13:20,123456Z\"")]
    [InlineData("\"2023-11-14 22:13:20.123456 +00:00\"")]
    [InlineData("\"20231114T221320.123456Z\"")]
    [InlineData("\"20231114T231320,123456+0100\"")]
    public void A_timestamp_is_iso_8601_or_a_number_whose_size_tells_its_unit(string timestamp) =>
        Assert.Equal(Now, DecodedPlain($$"""{"timestamp":{{timestamp}},"value":1}""").Reading().SampledAt);

    [Theory]
    [InlineData("ts")]
    [InlineData("time")]
    [InlineData("Timestamp")]
    [InlineData("t")]
    [InlineData("dateTime")]
    [InlineData("sampledAt")]
    [InlineData("measured_at")]
    [InlineData("@timestamp")]
    [InlineData("when")]
    [InlineData("Epoch")]
    public void A_time_has_the_names_that_devices_give_it(string name) =>
        Assert.Equal(1_793_530_800_000_000, DecodedPlain($$"""{"value":1,"{{name}}":1793530800000}""").Reading().SampledAt);

    [Theory]
    [InlineData("createdAt")]
    [InlineData("source_ts")]
    [InlineData("created")]
    [InlineData("UPDATED")]
    [InlineData("sent_at")]
    [InlineData("Zeitstamp")]
    [InlineData("local-date")]
    public void A_field_that_looks_like_a_time_is_not_passed_over(string name)
    {
        var decoded = DecodedPlain($$"""{"value":1,"{{name}}":1793530800000}""");
        Assert.Equal("unknown-field", decoded.Code());
        Assert.Contains(name, decoded.Rejections[0].Detail);
        Assert.Contains("timestamp", decoded.Rejections[0].Detail);
    }

    [Theory]
    [InlineData("local-time", "1793530800")]
    [InlineData("local-time", "1793530800123456")]
    [InlineData("local-time", "1793530800123456000")]
    [InlineData("local-time", "\"1793530800000\"")]
    [InlineData("local-time", "\"2026-11-01T07:00:00+01:00\"")]
    [InlineData("local-time", "\"20261101T070000\"")]
    [InlineData("local-time", "\"01.11.2026 07:00\"")]
    [InlineData("local-time", "\"11/1/26 7:00 AM\"")]
    [InlineData("local-time", "\"Sun, 1 Nov 2026 07:00\"")]
    public void So_is_a_field_that_holds_a_moment(string name, string value) =>
        Assert.Equal("unknown-field", DecodedPlain($$"""{"value":1,"{{name}}":{{value}}}""").Code());

    [Theory]
    [InlineData("uptime", "86400")]
    // As milliseconds this is 21 days, so it may be a duration although it looks like a Unix time.
    [InlineData("uptime", "1793530800")]
    [InlineData("runtime", "1793530800000")]
    [InlineData("operating_time_s", "1793530800")]
    [InlineData("cycle_time", "12.5")]
    [InlineData("cycleTime", "\"12.5\"")]
    [InlineData("curing-time", "45")]
    [InlineData("curing-time", "\"00:12:30\"")]
    [InlineData("curing-time", "\"PT12M30S\"")]
    [InlineData("curing-time", "1e99")]
    [InlineData("curing-time", "{\"s\":1793530800}")]
    [InlineData("isUpdated", "true")]
    [InlineData("createdAt", "null")]
    public void A_duration_is_passed_over(string name, string value) =>
        Assert.Equal(new(6, Now, 1), DecodedPlain($$"""{"value":1,"{{name}}":{{value}}}""").Reading());

    [Theory]
    [InlineData("""{"value":26.5,"value":27.5}""")]
    [InlineData("""{"value":26.5,"ts":1793530800,"time":1793530801}""")]
    [InlineData("""{"value":26.5,"unit":"K","unit":"degC"}""")]
    [InlineData("""{"value":26.5,"Value":27.5}""")]
    [InlineData("""{"value":26.5,"unit":"K","uom":"degC"}""")]
    [InlineData("""{"value":26.5,"quality":"good","valid":false}""")]
    public void A_field_given_twice_is_rejected(string payload) => Assert.Equal("given-twice", DecodedPlain(payload).Code());

    [Theory]
    [InlineData("units")]
    [InlineData("UoM")]
    [InlineData("eng_unit")]
    [InlineData("unit-of-measure")]
    public void So_has_a_unit(string name)
    {
        Assert.Equal(201.85, DecodedPlain($$"""{"value":475,"{{name}}":"K"}""").Reading().Value, 9);
        var refused = DecodedPlain($$"""{"value":475,"{{name}}":"km"}""");
        Assert.Equal("unit-mismatch", refused.Code());
        Assert.Contains($"'{name}'", refused.Rejections[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"status\":\"bad\"", Quality.Bad)]
    [InlineData("\"q\":\"stale\"", Quality.Uncertain)]
    [InlineData("\"Quality\":\"ok\"", Quality.Good)]
    [InlineData("\"good\":false", Quality.Bad)]
    [InlineData("\"isValid\":true", Quality.Good)]
    [InlineData("\"error\":true", Quality.Bad)]
    [InlineData("\"fault\":false", Quality.Good)]
    [InlineData("\"error\":null,\"status\":\"ok\"", Quality.Good)]
    public void And_a_quality(string field, Quality quality) =>
        Assert.Equal(quality, DecodedPlain($$"""{"value":1,{{field}}}""").Reading().Quality);

    [Theory]
    [InlineData("status", "\"running\"")]
    [InlineData("status", "192")]
    [InlineData("qualityCode", "0")]
    [InlineData("good", "\"no\"")]
    [InlineData("error", "\"E17\"")]
    [InlineData("valid", "1")]
    public void A_quality_that_is_not_understood_is_refused_by_its_name(string name, string value)
    {
        var refused = DecodedPlain($$"""{"value":1,"{{name}}":{{value}}}""");
        Assert.Equal("unknown-quality", refused.Code());
        Assert.Contains($"'{name}'", refused.Rejections[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"VALUE\":21.5}")]
    [InlineData("{\"val\":21.5,\"unitId\":3,\"stateText\":\"bad\"}")]
    public void A_value_may_be_written_in_any_case(string payload) => Assert.Equal(21.5, DecodedPlain(payload).Reading().Value);

    [Theory]
    [InlineData("21.5\0")]
    [InlineData("\uFEFF21.5")]
    [InlineData("\uFEFF{\"value\":21.5}\0\0")]
    public void A_byte_order_mark_and_the_end_of_a_c_string_are_passed_over(string payload) =>
        Assert.Equal(21.5, DecodedPlain(payload).Reading().Value);

    [Theory]
    [InlineData("good", Quality.Good)]
    [InlineData("Uncertain", Quality.Uncertain)]
    [InlineData("BAD", Quality.Bad)]
    public void A_quality_is_taken_over(string text, Quality quality) =>
        Assert.Equal(quality, DecodedPlain($$"""{"value":1,"quality":"{{text}}"}""").Reading().Quality);

    [Theory]
    [InlineData("", "not-a-number")]
    [InlineData("   ", "not-a-number")]
    [InlineData("on", "not-a-number")]
    [InlineData("true", "not-a-number")]
    [InlineData("1,5", "not-a-number")]
    [InlineData("1.2.3", "not-a-number")]
    [InlineData("\"23.5\"", "not-a-number")]
    [InlineData("[23.5]", "not-a-number")]
    [InlineData("NaN", "not-finite")]
    [InlineData("Infinity", "not-finite")]
    [InlineData("1e999", "not-finite")]
    [InlineData("23.5 bar", "unit-mismatch")]
    [InlineData("23.5 1/min", "unit-mismatch")]
    [InlineData("23.5 parsec", "unit-mismatch")]
    [InlineData("""{"value":1e999}""", "not-finite")]
    [InlineData("""{"value":"1"}""", "wrong-type")]
    [InlineData("""{"value":null,"quality":"good"}""", "no-value")]
    [InlineData("""{"quality":"bad"}""", "no-value")]
    [InlineData("""{"value":{"value":1}}""", "wrong-type")]
    [InlineData("{}", "no-value")]
    [InlineData("""{"value":1,"unit":"bar"}""", "unit-mismatch")]
    [InlineData("""{"value":1,"unit":7}""", "unit-mismatch")]
    [InlineData("""{"value":1,"timestamp":"yesterday"}""", "invalid-time")]
    [InlineData("""{"value":1,"timestamp":"2023-02-30T00:00:00Z"}""", "invalid-time")]
    [InlineData("""{"value":1,"timestamp":17}""", "invalid-time")]
    [InlineData("""{"value":1,"timestamp":1e99}""", "invalid-time")]
    [InlineData("""{"value":1,"quality":"so-so"}""", "unknown-quality")]
    [InlineData("""{"value":1,"quality":1}""", "unknown-quality")]
    [InlineData("""{"value":1""", "malformed-json")]
    [InlineData("""{"value":1} 2""", "malformed-json")]
    [InlineData("""{"value":NaN}""", "malformed-json")]
    public void What_is_no_number_of_the_sensor_is_rejected(string payload, string code) =>
        Assert.Equal(code, DecodedPlain(payload).Code());

    [Theory]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"quality":"offline","value":null}""")]
    public void A_null_is_a_bad_reading_without_a_value(string payload)
    {
        var reading = DecodedPlain(payload).Reading();
        Assert.Null(reading.ValueOrNull);
        Assert.Equal(Quality.Bad, reading.Quality);
        Assert.Equal(0, ValidateReadings.Apply([reading], Extruder, new(0, long.MaxValue), []));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_rejected()
    {
        var decoded = new Decoded();
        PlainDecoder.Decode([0x32, 0xFF], Melt, Now, decoded);
        Assert.Equal("malformed-text", decoded.Code());
    }

    [Fact]
    public void More_bytes_than_allowed_are_too_large() => Assert.Equal("too-large", DecodedPlain(new string('1', (1 << 20) + 1)).Code());

    [Fact]
    public void A_number_of_many_digits_does_not_harm() => Assert.Equal("not-a-number", DecodedPlain(new string('1', 1000)).Code());

    [Property(MaxTest = 2000)]
    public void Random_bytes_never_throw(byte[] bytes)
    {
        var decoded = new Decoded();
        PlainDecoder.Decode(bytes, Melt, Now, decoded);
        Assert.Equal(1, decoded.Readings.Count + decoded.RejectedReadings);
    }

    [Property(MaxTest = 2000)]
    public void An_object_with_any_bytes_overwritten_never_throws(byte replacement, ushort at, byte second, ushort alsoAt)
    {
        byte[] bytes = [.. """{"value":23.5,"timestamp":"2023-11-14T22:13:20.123456Z","unit":"degC","quality":"good"}"""u8];
        bytes[at % bytes.Length] = replacement;
        bytes[alsoAt % bytes.Length] = second;
        var decoded = new Decoded();
        PlainDecoder.Decode(bytes, Melt, Now, decoded);
        Assert.Equal(1, decoded.Readings.Count + decoded.RejectedReadings);
    }
}

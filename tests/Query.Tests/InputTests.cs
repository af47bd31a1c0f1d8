using System.Text;
using System.Text.Json;
using Query.Api;
using Query.Events;
using Query.Rejections;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Tests;

public class InputTests
{
    [Theory]
    [InlineData("2026-03-01T12:00:00Z")]
    [InlineData("2026-03-01T13:00:00+01:00")]
    [InlineData("2026-03-01T12:00:00")]
    public void A_time_without_an_offset_is_utc(string text) => Assert.Equal(Given.Noon, Input.Time("from", text));

    [Theory]
    [InlineData("now")]
    [InlineData("")]
    [InlineData("12:00")]
    [InlineData("10:00:00")]
    [InlineData("01/02/2026")]
    [InlineData("03/04/2026 10:00")]
    [InlineData("2026-03-01 AD")]
    [InlineData("2026-13-01")]
    [InlineData("2026-03-01T12:00:00Z\n")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<InvalidInputException>(() => Input.Time("from", text));

    [Theory]
    [InlineData("2026-03-01")]
    [InlineData("2026-03-01T12:00")]
    [InlineData("2026-03-01 12:00:00Z")]
    [InlineData("2026-03-01T12:00:00.1234567Z")]
    [InlineData("2026-03-01T12:00:00.123456+00:00")]
    public void Times_may_leave_out_what_is_nothing(string text) =>
        Assert.Equal(Given.Noon.Date, Input.Time("from", text)!.Value.UtcDateTime.Date);

    [Theory]
    [InlineData("\"01/02/2026\"")]
    [InlineData("\"10:00:00\"")]
    [InlineData("1795849500")]
    public void A_time_in_a_body_is_not_guessed_either(string json) =>
        Assert.Throws<InvalidJsonException>(() => JsonSerializer.Deserialize<DateTimeOffset>(json, ApiJson.Options));

    [Fact]
    public void Nothing_is_known_of_the_future_nor_of_the_time_before_the_log()
    {
        Assert.Equal(Given.Noon.AddSeconds(30), Input.Past("at", Given.Noon.AddSeconds(30), Given.Noon));
        var refused = Assert.Throws<InvalidInputException>(() => Input.Past("at", DateTimeOffset.MinValue, Given.Noon));
        Assert.Equal(("at", "0001-01-01T00:00:00Z", "a time from 1970-01-01T00:00:00Z up to now (2026-03-01T12:00:00Z)"),
            (refused.Field, refused.Value, refused.Allowed));
        Assert.Throws<InvalidInputException>(() => Input.Past("to", DateTimeOffset.MaxValue, Given.Noon));
        Assert.Throws<InvalidInputException>(() => Input.NotAfter("knownAt", Given.Noon.AddYears(1), Given.Noon, Input.Ahead));
    }

    [Fact]
    public void Every_sample_that_ingest_can_accept_can_be_asked_for_and_nothing_beyond()
    {
        // The furthest a setting of ingest allows, and a minute in which its clock may differ from this one.
        var furthest = Given.Noon.AddSeconds(SampleTimes.MostSecondsAhead).AddMinutes(1);
        Input.NotAfter("validAt", furthest, Given.Noon, Input.SamplesAhead);
        Assert.Throws<InvalidInputException>(() => Input.NotAfter("validAt", furthest.AddTicks(1), Given.Noon, Input.SamplesAhead));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\u0001")]
    [InlineData("a\nb")]
    [InlineData("a\u202eb")]
    [InlineData("\uffff")]
    [InlineData("\ufdd0")]
    public void A_name_can_be_seen(string text) =>
        Assert.Equal("name", Assert.Throws<InvalidInputException>(() => Input.Line("name", text, 200)).Field);

    [Fact]
    public void Names_and_comments_are_taken_as_they_are()
    {
        Assert.Equal("Anlage 1 – Öl 🛢", Input.Line("name", "Anlage 1 – Öl 🛢", 200));
        Assert.Null(Input.Line("name", null, 200));
        Assert.Equal("first\n\tsecond", Input.Lines("comment", "first\n\tsecond", 1000));
        Assert.Null(Input.Lines("comment", "", 1000));
        Assert.Throws<InvalidInputException>(() => Input.Lines("comment", "  ", 1000));
        Assert.Throws<InvalidInputException>(() => Input.Lines("comment", new string('a', 1001), 1000));
        Assert.Throws<InvalidInputException>(() => Input.Lines("comment", "a\u0007", 1000));
    }

    [Theory]
    [InlineData("?search=%ED%A0%80", "search")]
    [InlineData("?limit=5&asset=%FF", "asset")]
    public void Text_that_is_no_utf_8_is_refused(string query, string field) =>
        Assert.Equal(field, Assert.Throws<InvalidInputException>(() => RefuseUnknown.CheckEncoding(new(query))).Field);

    [Fact]
    public void Known_at_is_a_position_or_a_time()
    {
        Assert.Equal(new KnownAt(1234, null), KnownAt.Parse("1234"));
        Assert.Equal(new KnownAt(null, Given.Noon), KnownAt.Parse("2026-03-01T12:00:00Z"));
        Assert.Null(KnownAt.Parse(null));
        Assert.Throws<InvalidInputException>(() => KnownAt.Parse("99999999999999999999"));
        Assert.Throws<InvalidInputException>(() => KnownAt.Parse("x"));
        Assert.Throws<InvalidInputException>(() => KnownAt.Parse(""));
    }

    [Fact]
    public void A_known_at_of_grpc_is_a_position_or_a_time()
    {
        Assert.Null(KnownAt.Of(null, null));
        Assert.Equal(new KnownAt(0, null), KnownAt.Of(0, null));
        Assert.Equal(new KnownAt(null, Given.Noon), KnownAt.Of(null, Given.Noon.ToProto()));
        Assert.Equal("known_at_position", Assert.Throws<InvalidInputException>(() => KnownAt.Of(-1, null)).Field);
        Assert.Equal("known_at_time", Assert.Throws<InvalidInputException>(() => KnownAt.Of(null, new()
        {
            Seconds = long.MaxValue,
        })).Field);
    }

    [Fact]
    public void A_payload_is_shown_as_text_only_if_it_is_text()
    {
        Assert.Equal("[{\"n\":\"ü\"}]", RejectionAnswer.TextOf("[{\"n\":\"ü\"}]"u8.ToArray()));
        Assert.Null(RejectionAnswer.TextOf([0xff, 0xfe, 0x41]));
        Assert.Null(RejectionAnswer.TextOf([0x41, 0xc3]));
    }

    [Fact]
    public void A_character_cut_off_by_the_size_limit_does_not_make_it_binary()
    {
        var bytes = Encoding.UTF8.GetBytes(new string('a', (1 << 20) - 1) + "ü")[..(1 << 20)];
        Assert.Equal((1 << 20) - 1, RejectionAnswer.TextOf(bytes)!.Length);
    }
}

using System.Text;
using Query.Api;
using Query.Events;
using Query.Rejections;
using ServiceDefaults;

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
    [InlineData("12:00")]
    [InlineData("2026-13-01")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<InvalidInputException>(() => Input.Time("from", text));

    [Fact]
    public void Known_at_is_a_position_or_a_time()
    {
        Assert.Equal(new KnownAt(1234, null), KnownAt.Parse("1234"));
        Assert.Equal(new KnownAt(null, Given.Noon), KnownAt.Parse("2026-03-01T12:00:00Z"));
        Assert.Null(KnownAt.Parse(null));
        Assert.Throws<InvalidInputException>(() => KnownAt.Parse("99999999999999999999"));
        Assert.Throws<InvalidInputException>(() => KnownAt.Parse("x"));
    }

    [Fact]
    public void A_known_at_of_grpc_is_a_position_or_a_time()
    {
        Assert.Null(KnownAt.Of(null, null));
        Assert.Equal(new KnownAt(0, null), KnownAt.Of(0, null));
        Assert.Equal(new KnownAt(null, Given.Noon), KnownAt.Of(null, Given.Noon.ToProto()));
        Assert.Equal("known_at_position", Assert.Throws<InvalidInputException>(() => KnownAt.Of(-1, null)).Field);
        Assert.Equal("known_at_time", Assert.Throws<InvalidInputException>(() => KnownAt.Of(null, new() { Seconds = long.MaxValue })).Field);
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

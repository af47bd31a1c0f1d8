using Microsoft.AspNetCore.Http;
using Query.Api;
using ServiceDefaults;

namespace Query.Tests;

public class CallerTests
{
    static Caller Of(params (string Name, string Value)[] headers)
    {
        var sent = new HeaderDictionary();
        foreach (var (name, value) in headers) sent.Append(name, value);
        return Caller.Of(sent);
    }

    [Fact]
    public void The_headers_name_the_caller_and_the_reason()
    {
        Assert.Equal(new Caller("Ada", "a try"), Of(("X-Pollux-Actor", "Ada"), ("X-Pollux-Reason", "a try")));
        Assert.Equal(new Caller("J\u00fcrgen M\u00fcller"), Of(("x-pollux-actor", "J%C3%BCrgen%20M%C3%BCller")));
        Assert.Equal(Caller.Unknown, Of(("Accept", "*/*")));
    }

    [Theory]
    [InlineData("%20")]
    [InlineData("Ada%00")]
    [InlineData("%ff")]
    [InlineData("Ada%0ASystem")]
    [InlineData("Ada%E2%80%AE")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x")]
    public void A_bad_name_is_refused(string name) =>
        Assert.Equal("X-Pollux-Actor", Assert.Throws<InvalidInputException>(() => Of(("X-Pollux-Actor", name))).Field);

    [Fact]
    public void A_reason_has_lines_but_no_control_characters_and_is_given_once()
    {
        Assert.Equal("one\ntwo", Of(("X-Pollux-Actor", "Ada"), ("X-Pollux-Reason", "one%0Atwo")).Reason);
        foreach (var bad in new[] { "%20", "%1B", new string('x', 1001) })
            Assert.Equal("X-Pollux-Reason", Assert.Throws<InvalidInputException>(() => Of(("X-Pollux-Reason", bad))).Field);
        Assert.Throws<InvalidInputException>(() => Of(("X-Pollux-Actor", "Ada"), ("X-Pollux-Actor", "Eve")));
    }

    [Fact]
    public void Who_is_named_in_a_body_comes_before_the_caller_of_the_request()
    {
        Caller.Current = new("gateway", "nightly");
        Assert.Equal(("Ada", "seen"), KnowCaller.Named("Ada", "seen", "who"));
        Assert.Equal(new Caller("Ada", "seen"), Caller.Current);
        Caller.Current = new("gateway", "nightly");
        Assert.Equal(("gateway", "nightly"), KnowCaller.Named(null, null, "who"));
        Caller.Current = Caller.Unknown;
        Assert.Equal("by", Assert.Throws<InvalidInputException>(() => KnowCaller.Named(null, "seen", "who")).Field);
    }
}

using FsCheck;
using FsCheck.Xunit;
using Query.Api;
using ServiceDefaults;

namespace Query.Tests;

public class CursorTests
{
    [Property]
    public void A_cursor_gives_back_what_went_in(NonNull<string> first, long second)
    {
        var part = first.Get.Replace("\n", "", StringComparison.Ordinal);
        if (part.Length > 100 || part.Any(char.IsSurrogate)) return;
        Assert.Equal([part, $"{second}"], Cursor.Decode("alarms", 2, Cursor.Encode("alarms", part, $"{second}"))!);
    }

    [Fact]
    public void A_cursor_of_another_list_is_refused() =>
        Assert.Throws<InvalidInputException>(() => Cursor.Decode("twins", 1, Cursor.Encode("assets", "a")));

    [Theory]
    [InlineData("%%%")]
    [InlineData("abc")]
    [InlineData("YWxhcm1z")]
    public void Anything_else_is_refused(string text) => Assert.Throws<InvalidInputException>(() => Cursor.Decode("alarms", 1, text));

    [Fact]
    public void No_cursor_is_the_first_page() => Assert.Null(Cursor.Decode("alarms", 1, ""));

    [Fact]
    public void A_page_ends_with_a_cursor_only_if_there_is_more()
    {
        Assert.Null(Paging.Of([1, 2], 2, last => $"{last}").NextCursor);
        var page = Paging.Of([1, 2, 3], 2, last => $"{last}");
        Assert.Equal([1, 2], page.Items);
        Assert.Equal("2", page.NextCursor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    [InlineData(-1)]
    public void A_limit_out_of_bounds_is_refused(int limit) => Assert.Throws<InvalidInputException>(() => Paging.Limit(limit));
}

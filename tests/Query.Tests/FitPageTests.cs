using Query.Graphs;

namespace Query.Tests;

public class FitPageTests
{
    // a with two children, one of which has a child; b alone; c with one child.
    static readonly Dictionary<string, List<string>> Below = new()
    {
        ["a"] = ["a1", "a2"],
        ["a1"] = ["a11"],
        ["a2"] = [],
        ["a11"] = [],
        ["b"] = [],
        ["c"] = ["c1"],
        ["c1"] = [],
    };

    [Theory]
    [InlineData(50, 7, "abc")]
    [InlineData(50, 6, "ab")]
    [InlineData(50, 5, "ab")]
    [InlineData(50, 4, "a")]
    [InlineData(1, 6, "abc")]
    [InlineData(0, 2, "ab")]
    // The tree itself says that it is too large.
    [InlineData(50, 3, "a")]
    public void A_page_ends_before_the_tree_that_has_no_room(int depth, int most, string fit) =>
        Assert.Equal(fit, string.Concat(FitPage.Of(["a", "b", "c"], Below, depth, most)));
}

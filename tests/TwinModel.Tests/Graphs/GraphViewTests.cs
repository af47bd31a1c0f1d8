using Contracts.Events;
using TwinModel.Assets;
using TwinModel.Graphs;

namespace TwinModel.Tests.Graphs;

/// <summary>Paths through assets, places and components.</summary>
public class GraphViewTests
{
    static readonly Dictionary<string, AssetModel> Models = ReadAssetModel.FromDirectory(Assets.ReadAssetModelTests.Directory)
        .ToDictionary(m => m.Id);

    static readonly Dictionary<string, AssetModel> Plant = new()
    {
        ["site-1"] = Models["site"],
        ["hall-1"] = Models["hall"],
        ["line-1"] = Models["line"],
        ["line-2"] = Models["line"],
        ["press-1"] = Models["extrusion-line"],
        ["press-2"] = Models["extrusion-line"],
        ["pump-1"] = Models["pump-loop"],
    };

    static readonly RelationshipBook Book = new[]
    {
        ("hall-1", "part-of", "site-1"), ("line-1", "part-of", "hall-1"), ("line-2", "part-of", "hall-1"), ("press-1", "part-of", "line-1"),
        ("pump-1", "part-of", "hall-1"), ("press-1", "feeds", "line-2"), ("press-2", "feeds", "line-2"), ("pump-1", "feeds", "press-1"),
    }.Select((r, i) => (Event: new RelationshipAdded(r.Item1, r.Item2, r.Item3, [], DateTimeOffset.UnixEpoch, "eve", null, default), i))
        .Aggregate(RelationshipBook.Empty, (book, e) => book.Apply(e.Event, e.i + 1));

    static GraphView View(Action? look = null) => new(
        Book, new(DateTimeOffset.UnixEpoch.AddDays(1), 100), Plant.GetValueOrDefault, look ?? (() => { }));

    static List<string> Follow(string path, params string[] from) =>
        [.. FollowPath.Run(View(), from, GraphPath.Parse(path)!).Select(n => n.Id)];

    [Fact]
    public void A_step_leads_along_a_type_in_either_direction()
    {
        Assert.Equal(["press-1", "press-2"], Follow("<feeds", "line-2"));
        Assert.Equal(["line-2"], Follow("feeds", "press-1", "press-2"));
        Assert.Equal(["line-1"], Follow("<feeds/part-of", "line-2"));
        Assert.Empty(Follow("feeds", "line-2"));
    }

    [Fact]
    public void A_repeated_step_leads_to_everything_below_or_above()
    {
        Assert.Equal(["hall-1", "site-1"], Follow("part-of*", "line-1"));
        var below = Follow("<part-of*", "site-1");
        Assert.Equal(["hall-1", "line-1", "line-2", "pump-1", "press-1"], below.Where(n => !n.Contains('/')));
        Assert.Contains("press-1/gearbox-bearing", below);
        Assert.Equal(
            Models["extrusion-line"].Components.Count + Models["pump-loop"].Components.Count, below.Count(n => n.Contains('/')));
        Assert.Equal(["press-1", "press-2", "pump-1"], Follow("<feeds*", "line-2"));
    }

    [Fact]
    public void Components_are_part_of_their_asset_and_related_as_its_model_says()
    {
        Assert.Equal(["press-1/gearbox"], Follow("part-of", "press-1/gearbox-bearing"));
        Assert.Equal(["press-1/line"], Follow("<part-of", "press-1"));
        Assert.Equal("press-1", Follow("part-of*", "press-1/gearbox-bearing").First(n => !n.Contains('/')));
        Assert.Equal(["press-1/screw"], Follow("drives", "press-1/gearbox"));
    }

    [Fact]
    public void The_way_on_which_it_was_found_is_told()
    {
        var found = FollowPath.Run(View(), ["line-2"], GraphPath.Parse("<feeds/part-of*")!).Single(n => n.Id == "site-1");
        Assert.Equal(["line-2", "press-1", "line-1", "hall-1", "site-1"], found.Way);
    }

    [Fact]
    public void Every_relationship_that_is_looked_at_is_counted()
    {
        var looked = 0;
        FollowPath.Run(View(() => looked++), ["line-2"], GraphPath.Parse("<feeds")!);
        Assert.Equal(2, looked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("<")]
    [InlineData("*")]
    [InlineData("<<feeds")]
    [InlineData("feeds**")]
    [InlineData("feeds/")]
    [InlineData("Feeds")]
    [InlineData("a/a/a/a/a/a/a/a/a/a/a")]
    public void What_is_no_path_is_refused(string text) => Assert.Null(GraphPath.Parse(text));

    [Fact]
    public void Types_and_properties_are_checked_against_the_model_of_the_source()
    {
        static RelationshipProblem? Check(string source, string type, string target, params PropertyValue[] properties) =>
            CheckRelationship.Find((source, Plant[source]), type, (target, Plant[target]), properties);

        Assert.Null(Check("press-1", "feeds", "line-2", new PropertyValue("share", 60)));
        Assert.Equal(new("type", "drives", "part-of, feeds"), Check("press-1", "drives", "line-2"));
        Assert.Equal(new("type", "part-of", "none: the model site declares no relationship-types"), Check("site-1", "part-of", "hall-1"));
        Assert.Equal(new("target", "press-1", "another asset"), Check("press-1", "feeds", "press-1"));
        Assert.Equal(new("target", "site-1", "an asset of machine, line; site-1 follows site"), Check("press-1", "feeds", "site-1"));
        Assert.Equal(new("properties[0].id", "part", "share"), Check("press-1", "feeds", "line-2", new PropertyValue("part", 1)));
        Assert.Equal(
            new("properties[0].number", 101.0, "share: a number from 0 to 100 %"),
            Check("press-1", "feeds", "line-2", new PropertyValue("share", 101)));
        Assert.Equal(new("properties[0].unit", "kg/h", "%"), Check("press-1", "feeds", "line-2", new PropertyValue("share", 1, "kg/h")));
        Assert.Equal(
            new("properties[1].id", "share", "each property once"),
            Check("press-1", "feeds", "line-2", new PropertyValue("share", 1), new PropertyValue("share", 2)));
    }
}

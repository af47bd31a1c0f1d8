using Contracts.Events;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TwinModel.Assets;
using TwinModel.Graphs;

namespace TwinModel.Tests.Graphs;

/// <summary>The rules of relationships, and the book of them on both time axes, for any commands in any order.</summary>
public class RelationshipBookTests
{
    const int Assets = 4;
    const int Times = 6;

    // The same rules for the same type, whatever the source.
    static readonly RelationshipType[] Types =
    [
        new("part-of", [], Most: 1, MostSources: null, IsAcyclic: true, []),
        new("lends", [], Most: 2, MostSources: 1, IsAcyclic: false, []),
        new("before", [], Most: null, MostSources: null, IsAcyclic: true, []),
    ];

    public sealed record Command(bool Adds, int Source, int Type, int Target, int At, int Share);

    public static class Commands
    {
        public static Arbitrary<Command> Command() => (
            from adds in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
            from source in Gen.Choose(0, Assets - 1)
            from type in Gen.Choose(0, Types.Length - 1)
            from target in Gen.Choose(0, Assets - 1)
            from at in Gen.Choose(0, Times - 1)
            from share in Gen.Choose(0, 1)
            select new Command(adds, source, type, target, at, share)).ToArbitrary();
    }

    static DateTimeOffset At(int day) => DateTimeOffset.UnixEpoch.AddDays(day);

    static string Asset(int i) => $"asset-{i}";

    static RelationshipAdded Added(string source, string type, string target, int at, int share = 0) => new(
        source, type, target, [new("share", share, "%")], At(at), "eve", null, At(Times));

    static RelationshipRemoved Removed(string source, string type, string target, int at) =>
        new(source, type, target, At(at), "eve", null, At(Times));

    static IReadOnlyList<object> Decide(RelationshipBook book, Command c)
    {
        if (c.Source == c.Target) return [];
        var (source, target, type) = (Asset(c.Source), Asset(c.Target), Types[c.Type]);
        return c.Adds
            ? DecideRelationship.Add(book, type, Added(source, type.Id, target, c.At, c.Share)).Events
            : DecideRelationship.Remove(book, type, Removed(source, type.Id, target, c.At), corrects: c.Share == 1)?.Events ?? [];
    }

    static List<(RelationshipBook Book, long Position)> Run(IEnumerable<Command> commands)
    {
        List<(RelationshipBook Book, long Position)> states = [(RelationshipBook.Empty, 0)];
        foreach (var command in commands)
        {
            var (book, position) = states[^1];
            foreach (var e in Decide(book, command)) book = book.Apply(e, position += 3);
            states.Add((book, position));
        }
        return states;
    }

    static List<Edge> True(RelationshipBook book, int day, long position = long.MaxValue) =>
        [.. Enumerable.Range(0, Assets).SelectMany(a => book.From(Asset(a))).Where(e => e.IsTrueAt(new(At(day), position)))];

    [Property(Arbitrary = [typeof(Commands)], MaxTest = 300, EndSize = 60)]
    public void What_was_known_at_a_position_is_what_was_true_in_the_book_then(Command[] commands)
    {
        var states = Run(commands);
        var last = states[^1].Book;
        foreach (var (book, position) in states)
        {
            for (var day = 0; day <= Times; day++)
            {
                Assert.Equal(True(book, day).Select(Shown), True(last, day, position).Select(e => Shown(e.KnownAt(position)!)));
            }
        }

        static object Shown(Edge e) => (e.Source, e.Type, e.Target, e.Since, e.Until, e.Properties[0].Number, e.RemovedBy);
    }

    [Property(Arbitrary = [typeof(Commands)], MaxTest = 300, EndSize = 60)]
    public void The_rules_of_a_type_hold_at_every_time(Command[] commands)
    {
        foreach (var (book, _) in Run(commands))
        {
            for (var day = 0; day <= Times; day++)
            {
                var edges = True(book, day);
                Assert.Equal(edges.Count, edges.DistinctBy(e => (e.Source, e.Type, e.Target)).Count());
                foreach (var type in Types)
                {
                    var mine = edges.Where(e => e.Type == type.Id).ToList();
                    Assert.All(mine.GroupBy(e => e.Source), g => Assert.True(type.Most is null || g.Count() <= type.Most));
                    Assert.All(mine.GroupBy(e => e.Target), g => Assert.True(type.MostSources is null || g.Count() <= type.MostSources));
                    if (type.IsAcyclic) Assert.True(HasAnEnd(mine));
                }
            }
        }
    }

    [Property(Arbitrary = [typeof(Commands)], MaxTest = 100)]
    public void Every_command_is_safe_to_repeat(Command[] commands)
    {
        foreach (var (state, command) in Run(commands).Zip(commands))
        {
            var book = state.Book;
            var position = 1_000_000L;
            foreach (var e in Decide(book, command)) book = book.Apply(e, position++);
            Assert.Empty(Decide(book, command));
        }
    }

    // Leaves are taken away until none is left.
    static bool HasAnEnd(List<Edge> edges)
    {
        while (edges.Count > 0)
        {
            var rest = edges.Where(e => edges.Exists(next => next.Source == e.Target)).ToList();
            if (rest.Count == edges.Count) return false;
            edges = rest;
        }
        return true;
    }

    static RelationshipBook Book(params object[] events) =>
        events.Select((e, i) => (e, i)).Aggregate(RelationshipBook.Empty, (book, e) => book.Apply(e.e, e.i + 1));

    [Fact]
    public void What_is_there_already_is_named_with_its_times()
    {
        var book = Book(Added("a", "part-of", "b", 1), Removed("a", "part-of", "b", 3));
        Assert.Equal(
            "a has at most 1 of part-of at a time. a part-of b since 1970-01-02T00:00:00Z until 1970-01-04T00:00:00Z; end that first, or "
                + "begin after it has ended.",
            DecideRelationship.Add(book, Types[0], Added("a", "part-of", "c", 2)).Refusal);
        Assert.Single(DecideRelationship.Add(book, Types[0], Added("a", "part-of", "c", 3)).Events);
        Assert.Equal(
            "b is the target of at most 1 of lends at a time. a lends b since 1970-01-02T00:00:00Z; end that first, or begin after it "
                + "has ended.",
            DecideRelationship.Add(Book(Added("a", "lends", "b", 1)), Types[1], Added("c", "lends", "b", 2)).Refusal);
    }

    [Fact]
    public void A_cycle_is_named_with_its_way_also_one_that_was_closed_only_in_the_past()
    {
        var book = Book(Added("a", "before", "b", 1), Added("b", "before", "c", 2), Removed("b", "before", "c", 4));
        Assert.Equal("It would close a cycle of before: c → a → b → c.",
            DecideRelationship.Add(book, Types[2], Added("c", "before", "a", 3)).Refusal);
        Assert.Single(DecideRelationship.Add(book, Types[2], Added("c", "before", "a", 4)).Events);
    }

    [Fact]
    public void Other_properties_take_the_place_of_those_before()
    {
        var book = Book(Added("a", "before", "b", 1, share: 20));
        Assert.Empty(DecideRelationship.Add(book, Types[2], Added("a", "before", "b", 3, share: 20)).Events);
        var changed = DecideRelationship.Add(book, Types[2], Added("a", "before", "b", 3, share: 30)).Events;
        Assert.Equal([At(3), At(3)], changed.Select(e => e is RelationshipRemoved r ? r.Until : ((RelationshipAdded)e).Since));
        var after = Book([Added("a", "before", "b", 1, share: 20), .. changed]);
        Assert.Equal([20, 30], new[] { 2, 3 }.Select(day => TheOne(after, day).Properties[0].Number));
        // Known from earlier on: the same relationship, begun earlier.
        var earlier = DecideRelationship.Add(after, Types[2], Added("a", "before", "b", 2, share: 30));
        Assert.StartsWith("a before b since 1970-01-02T00:00:00Z until 1970-01-04T00:00:00Z; it can begin again", earlier.Refusal,
            StringComparison.Ordinal);

        static Edge TheOne(RelationshipBook book, int day) => Assert.Single(book.From("a"), e => e.IsTrueAt(new(At(day), 100)));
    }

    [Fact]
    public void What_never_was_cannot_be_removed_and_nothing_ends_before_it_began()
    {
        Assert.Null(DecideRelationship.Remove(RelationshipBook.Empty, Types[0], Removed("a", "part-of", "b", 1), corrects: true));
        Assert.Contains("it can end from then on",
            DecideRelationship.Remove(Book(Added("a", "part-of", "b", 2)), Types[0], Removed("a", "part-of", "b", 1), corrects: true)!
                .Refusal,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_end_is_corrected_and_what_was_known_before_stays()
    {
        var book = Book(Added("a", "part-of", "b", 1), Removed("a", "part-of", "b", 3));
        Assert.Empty(Remove(book, 5, corrects: false).Events);
        Assert.Empty(Remove(book, 3, corrects: true).Events);
        foreach (var (end, days) in new[] { (5, new[] { 1, 2, 3, 4 }), (2, [1]), (1, []) })
        {
            var corrected = Remove(book, end, corrects: true).Events.Aggregate(book, (b, e) => b.Apply(e, 3));
            Assert.Equal(days, DaysOf(corrected, long.MaxValue));
            Assert.Equal([1, 2], DaysOf(corrected, 2));
            Assert.Equal(Enumerable.Range(1, Times), DaysOf(corrected, 1));
            Assert.Equal(At(3), corrected.From("a").Single().KnownAt(2)!.Until);
        }
        // Meanwhile it was part of something else.
        var moved = book.Apply(Added("a", "part-of", "c", 4), 3);
        Assert.Contains("a part-of c since 1970-01-05", Remove(moved, 5, corrects: true).Refusal, StringComparison.Ordinal);
        Assert.Single(Remove(moved, 4, corrects: true).Events);
        Assert.Contains("declare part-of any more",
            DecideRelationship.Remove(book, null, Removed("a", "part-of", "b", 4), corrects: true)!.Refusal, StringComparison.Ordinal);

        static RelationshipDecision Remove(RelationshipBook book, int end, bool corrects) =>
            DecideRelationship.Remove(book, Types[0], Removed("a", "part-of", "b", end), corrects)!;

        static IEnumerable<int> DaysOf(RelationshipBook book, long position) =>
            Enumerable.Range(0, Times + 1).Where(day => book.From("a").Any(e => e.IsTrueAt(new(At(day), position))));
    }

    [Fact]
    public void Another_model_must_fit_the_relationships_that_an_asset_has()
    {
        var (line, hall) = (Model("line", "part-of", "hall"), Model("hall", "part-of", "site"));
        var models = new Dictionary<string, AssetModel> { ["line-1"] = line, ["hall-1"] = hall, ["site-1"] = Model("site", "part-of", "") };
        var book = Book(
            new RelationshipAdded("line-1", "part-of", "hall-1", [], At(1), "eve", null, At(1)),
            new RelationshipAdded("hall-1", "part-of", "site-1", [], At(1), "eve", null, At(1)));
        string? Why(string asset, AssetModel model) => DecideRelationship.WhyNotFollow(book, asset, model, models.GetValueOrDefault);
        Assert.Null(Why("line-1", Model("other", "part-of", "hall")));
        Assert.Equal(
            "line-1 cannot follow the model other: line-1 part-of hall-1 since 1970-01-02T00:00:00Z, and 'type' may be feeds; end that "
                + "first.",
            Why("line-1", Model("other", "feeds", "hall")));
        // As a target, too.
        Assert.Contains("'target' may be an asset of hall", Why("hall-1", Model("other", "part-of", "site")), StringComparison.Ordinal);
        var ended = book.Apply(Removed("line-1", "part-of", "hall-1", 2), 9);
        Assert.Null(DecideRelationship.WhyNotFollow(ended, "hall-1", Model("other", "part-of", "site"), models.GetValueOrDefault));

        static AssetModel Model(string id, string type, string to) => ReadAssetModel.FromText($"""
            schema: pollux/asset-model/1
            id: {id}
            kind: place
            name: {id}
            version: 1
            relationship-types:
              - id: {type}
                to: [{(to.Length == 0 ? "place" : to)}]
            """, id);
    }
}

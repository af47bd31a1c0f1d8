using System.Globalization;
using Contracts.Events;
using TwinModel.Assets;

namespace TwinModel.Graphs;

/// <summary>What to append, or why not.</summary>
/// <param name="Events">In this order; none when it is as asked already.</param>
/// <param name="Refusal">Why a rule forbids it; null when none does.</param>
public sealed record RelationshipDecision(IReadOnlyList<object> Events, string? Refusal = null)
{
    internal static RelationshipDecision Nothing { get; } = new([]);

    internal static RelationshipDecision No(string refusal) => new([], refusal);
}

/// <summary>
/// Decides whether relationships are added and removed. The rules of the type hold at every time from <c>since</c> on, not only now. Pure.
/// </summary>
public static class DecideRelationship
{
    const int MostNamed = 3;
    const string Advice = "end that first, or begin after it has ended.";

    /// <summary>Adds a relationship; other properties than before take the place of it.</summary>
    /// <param name="book">All relationships.</param>
    /// <param name="type">Its type, as the model of its source declares it.</param>
    /// <param name="wanted">The event, whose content has been checked.</param>
    public static RelationshipDecision Add(RelationshipBook book, RelationshipType type, RelationshipAdded wanted)
    {
        var (source, target, since) = (wanted.Source, wanted.Target, wanted.Since);
        var open = book.Open(source, type.Id, target);
        if (open is not null && open.Since <= since && open.Properties.SequenceEqual(wanted.Properties))
            return RelationshipDecision.Nothing;
        if (book.Between(source, type.Id, target).LastOrDefault(e => e.Until is not null && e.EndsAfter(since)) is { } former)
            return RelationshipDecision.No($"{Text(former)}; it can begin again from then on.");
        bool IsOther(Edge e) => e.Type == type.Id && (e.Source != source || e.Target != target) && e.EndsAfter(since);
        var targets = book.From(source).Where(IsOther).ToList();
        if (type.Most <= MostAtOnce(targets, since))
            return RelationshipDecision.No(
                $"{source} has at most {type.Most} of {type.Id} at a time. {Named(targets)}; {Advice}");
        var sources = type.MostSources is null ? [] : book.To(target).Where(IsOther).ToList();
        if (type.MostSources <= MostAtOnce(sources, since))
            return RelationshipDecision.No(
                $"{target} is the target of at most {type.MostSources} of {type.Id} at a time. {Named(sources)}; {Advice}");
        if (type.IsAcyclic && FindWay(book, type.Id, target, source, since) is { } way)
            return RelationshipDecision.No($"It would close a cycle of {type.Id}: {string.Join(" → ", way.Prepend(source))}.");
        if (open is null) return new([wanted]);
        var until = open.Since > since ? open.Since : since;
        return new([new RelationshipRemoved(source, type.Id, target, until, wanted.AddedBy, wanted.Comment, wanted.AddedAt), wanted]);
    }

    /// <summary>Removes a relationship. Null when there never was such a one.</summary>
    /// <param name="book">All relationships.</param>
    /// <param name="wanted">The event.</param>
    public static RelationshipDecision? Remove(RelationshipBook book, RelationshipRemoved wanted)
    {
        if (book.Open(wanted.Source, wanted.Type, wanted.Target) is not { } open)
            return book.Between(wanted.Source, wanted.Type, wanted.Target).Any() ? RelationshipDecision.Nothing : null;
        return wanted.Until < open.Since
            ? RelationshipDecision.No($"{Text(open)}; it can end from then on.")
            : new([wanted]);
    }

    // The largest number of relationships that are true at the same time, from a time on.
    static int MostAtOnce(List<Edge> edges, DateTimeOffset from)
    {
        var (now, most) = (0, 0);
        // At the same time an end comes before a beginning.
        foreach (var (_, change) in edges
            .SelectMany(e => new[] { (e.Since > from ? e.Since : from, 1), (e.Until ?? DateTimeOffset.MaxValue, -1) })
            .OrderBy(c => c.Item1).ThenBy(c => c.Item2))
            most = Math.Max(most, now += change);
        return most;
    }

    // A way along relationships that are all true at some time from a given one on; null when there is none.
    static List<string>? FindWay(RelationshipBook book, string type, string from, string to, DateTimeOffset since)
    {
        Dictionary<string, List<(DateTimeOffset From, DateTimeOffset To)>> seen = new(StringComparer.Ordinal);
        List<(string Asset, DateTimeOffset From, DateTimeOffset To, int Via)> visited = [(from, since, DateTimeOffset.MaxValue, -1)];
        for (var i = 0; i < visited.Count; i++)
        {
            var at = visited[i];
            foreach (var edge in book.From(at.Asset).Where(e => e.Type == type))
            {
                var begin = edge.Since > at.From ? edge.Since : at.From;
                var end = edge.Until < at.To ? edge.Until.Value : at.To;
                if (begin >= end) continue;
                if (edge.Target == to) return [.. Back(i), to];
                if (!seen.TryGetValue(edge.Target, out var times)) seen[edge.Target] = times = [];
                if (times.Any(t => t.From <= begin && end <= t.To)) continue;
                times.Add((begin, end));
                visited.Add((edge.Target, begin, end, i));
            }
        }
        return null;

        IEnumerable<string> Back(int index)
        {
            List<string> way = [];
            for (; index >= 0; index = visited[index].Via) way.Insert(0, visited[index].Asset);
            return way;
        }
    }

    static string Named(List<Edge> edges) =>
        string.Join("; ", edges.Take(MostNamed).Select(Text)) + (edges.Count > MostNamed ? $"; and {edges.Count - MostNamed} more" : "");

    static string Text(Edge e) =>
        $"{e.Source} {e.Type} {e.Target} since {Text(e.Since)}{(e.Until is { } until ? $" until {Text(until)}" : "")}";

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture);
}

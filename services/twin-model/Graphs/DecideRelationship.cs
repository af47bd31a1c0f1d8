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
        if (type.IsAcyclic && FindWay(book, type.Id, target, source, since, DateTimeOffset.MaxValue) is { } way)
            return RelationshipDecision.No($"It would close a cycle of {type.Id}: {string.Join(" → ", way.Prepend(source))}.");
        if (open is null) return new([wanted]);
        var until = open.Since > since ? open.Since : since;
        return new([new RelationshipRemoved(source, type.Id, target, until, wanted.AddedBy, wanted.Comment, wanted.AddedAt), wanted]);
    }

    /// <summary>
    /// Removes a relationship, or corrects the end of the one that was removed last. Null when there never was such a one.
    /// </summary>
    /// <param name="book">All relationships.</param>
    /// <param name="type">Its type, as the model of its source declares it; null: it does not any more.</param>
    /// <param name="wanted">The event.</param>
    /// <param name="corrects">Whether the time was given: else what was removed already stays as it is.</param>
    public static RelationshipDecision? Remove(
        RelationshipBook book, RelationshipType? type, RelationshipRemoved wanted, bool corrects)
    {
        if (book.Newest(wanted.Source, wanted.Type, wanted.Target) is not { } newest) return null;
        if (newest.Until is { } until && (!corrects || until == wanted.Until)) return RelationshipDecision.Nothing;
        if (wanted.Until < newest.Since) return RelationshipDecision.No($"{Text(newest)}; it can end from then on.");
        return newest.Until < wanted.Until && WhyNotLonger(book, type, newest, wanted.Until) is { } refusal
            ? RelationshipDecision.No(refusal)
            : new([wanted]);
    }

    // The rules of the type between the end that was recorded and a later one.
    static string? WhyNotLonger(RelationshipBook book, RelationshipType? type, Edge edge, DateTimeOffset until)
    {
        if (type is null)
            return $"The model of {edge.Source} does not declare {edge.Type} any more; its end can only be corrected to earlier.";
        var end = edge.Until!.Value;
        bool IsOther(Edge e) => e.Type == edge.Type && e.Position != edge.Position && e.Since < until && e.EndsAfter(end);
        var targets = book.From(edge.Source).Where(IsOther).ToList();
        if (type.Most <= MostAtOnce(targets, end))
            return $"{edge.Source} has at most {type.Most} of {type.Id} at a time. {Named(targets)}.";
        var sources = type.MostSources is null ? [] : book.To(edge.Target).Where(IsOther).ToList();
        if (type.MostSources <= MostAtOnce(sources, end))
            return $"{edge.Target} is the target of at most {type.MostSources} of {type.Id} at a time. {Named(sources)}.";
        return type.IsAcyclic && FindWay(book, type.Id, edge.Target, edge.Source, end, until) is { } way
            ? $"It would close a cycle of {type.Id}: {string.Join(" → ", way.Prepend(edge.Source))}."
            : null;
    }

    /// <summary>Whether an asset may follow another model with the relationships that it has; null: it may.</summary>
    /// <param name="book">All relationships.</param>
    /// <param name="assetId">The asset.</param>
    /// <param name="model">The model that it would follow.</param>
    /// <param name="find">The model of an asset; null if it cannot be read, which forbids nothing.</param>
    public static string? WhyNotFollow(RelationshipBook book, string assetId, AssetModel model, Func<string, AssetModel?> find)
    {
        var problems =
            from edge in book.About(assetId)
            where edge.Until is null
            let source = edge.Source == assetId ? model : find(edge.Source)
            let target = edge.Target == assetId ? model : find(edge.Target)
            where source is not null && target is not null
            let problem = WhyNotKeep(book, edge, source, target)
            where problem is not null
            select $"{assetId} cannot follow the model {model.Id}: {Text(edge)}, and {problem}; end that first.";
        return problems.FirstOrDefault();
    }

    static string? WhyNotKeep(RelationshipBook book, Edge edge, AssetModel source, AssetModel target)
    {
        if (CheckRelationship.Find((edge.Source, source), edge.Type, (edge.Target, target), edge.Properties) is { } problem)
            return $"'{problem.Field}' may be {problem.Allowed}";
        var type = CheckRelationship.Type(source, edge.Type)!;
        if (type.Most < book.From(edge.Source).Count(e => e.Type == type.Id && e.Until is null))
            return $"{edge.Source} may have at most {type.Most} of {type.Id} at a time";
        if (type.MostSources < book.To(edge.Target).Count(e => e.Type == type.Id && e.Until is null))
            return $"{edge.Target} may be the target of at most {type.MostSources} of {type.Id} at a time";
        return type.IsAcyclic && FindWay(book, type.Id, edge.Target, edge.Source, book.NewestTime, DateTimeOffset.MaxValue) is not null
            ? $"{type.Id} must not lead back to {edge.Source}"
            : null;
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

    // A way along relationships that are all true at some time between two; null when there is none.
    static List<string>? FindWay(
        RelationshipBook book, string type, string from, string to, DateTimeOffset since, DateTimeOffset until)
    {
        Dictionary<string, List<(DateTimeOffset From, DateTimeOffset To)>> seen = new(StringComparer.Ordinal);
        List<(string Asset, DateTimeOffset From, DateTimeOffset To, int Via)> visited = [(from, since, until, -1)];
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

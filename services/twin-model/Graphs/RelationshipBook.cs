using System.Collections.Immutable;
using Contracts.Events;

namespace TwinModel.Graphs;

/// <summary>
/// All relationships that ever were, also those that were removed: a fold over the stream <c>graph</c> that answers for any time and for
/// any position of the log.
/// </summary>
public sealed class RelationshipBook
{
    readonly ImmutableDictionary<long, Edge> edges;
    readonly ImmutableDictionary<string, ImmutableSortedSet<long>> outgoing, incoming;

    RelationshipBook(
        ImmutableDictionary<long, Edge> edges, ImmutableDictionary<string, ImmutableSortedSet<long>> outgoing,
        ImmutableDictionary<string, ImmutableSortedSet<long>> incoming, DateTimeOffset newest) =>
        (this.edges, this.outgoing, this.incoming, Newest) = (edges, outgoing, incoming, newest);

    /// <summary>A book without relationships.</summary>
    public static RelationshipBook Empty { get; } = new(
        ImmutableDictionary<long, Edge>.Empty, ImmutableDictionary<string, ImmutableSortedSet<long>>.Empty.WithComparers(
            StringComparer.Ordinal),
        ImmutableDictionary<string, ImmutableSortedSet<long>>.Empty.WithComparers(StringComparer.Ordinal), DateTimeOffset.MinValue);

    /// <summary>The newest time at which anything became true or ceased to be.</summary>
    public DateTimeOffset Newest { get; }

    /// <summary>Now by a clock that may be behind the one that recorded the newest: time never goes back.</summary>
    public DateTimeOffset Now(DateTimeOffset clock) => clock > Newest ? clock : Newest;

    /// <summary>The book after one more event; events other than those of relationships change nothing.</summary>
    /// <param name="e">The event.</param>
    /// <param name="position">Its log position.</param>
    public RelationshipBook Apply(object e, long position) => e switch
    {
        RelationshipAdded a => new(
            edges.Add(position, new(a.Source, a.Type, a.Target, a.Properties, a.Since, position, a.AddedBy, a.Comment)),
            With(outgoing, a.Source, position), With(incoming, a.Target, position), Now(a.Since)),
        RelationshipRemoved r when Open(r.Source, r.Type, r.Target) is { } open => new(
            edges.SetItem(open.Position, open with { Until = r.Until, RemovedAt = position, RemovedBy = r.RemovedBy }), outgoing, incoming,
            Now(r.Until)),
        _ => this,
    };

    /// <summary>Every relationship that ever went out from an asset, in the order in which they were recorded.</summary>
    public IEnumerable<Edge> From(string asset) => Of(outgoing, asset);

    /// <summary>Every relationship that ever led to an asset, in the order in which they were recorded.</summary>
    public IEnumerable<Edge> To(string asset) => Of(incoming, asset);

    /// <summary>Every relationship that ever was of this type between these two assets.</summary>
    public IEnumerable<Edge> Between(string source, string type, string target) =>
        From(source).Where(e => e.Type == type && e.Target == target);

    /// <summary>The one that was not removed; null when there is none.</summary>
    public Edge? Open(string source, string type, string target) =>
        Between(source, type, target).LastOrDefault(e => e.Until is null);

    /// <summary>All types that relationships have or had.</summary>
    public IEnumerable<string> Types => edges.Values.Select(e => e.Type).Distinct();

    IEnumerable<Edge> Of(ImmutableDictionary<string, ImmutableSortedSet<long>> index, string asset) =>
        index.TryGetValue(asset, out var positions) ? positions.Select(p => edges[p]) : [];

    static ImmutableDictionary<string, ImmutableSortedSet<long>> With(
        ImmutableDictionary<string, ImmutableSortedSet<long>> index, string asset, long position) =>
        index.SetItem(asset, index.GetValueOrDefault(asset, []).Add(position));
}

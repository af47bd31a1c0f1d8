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
        (this.edges, this.outgoing, this.incoming, NewestTime) = (edges, outgoing, incoming, newest);

    /// <summary>A book without relationships.</summary>
    public static RelationshipBook Empty { get; } = new(
        ImmutableDictionary<long, Edge>.Empty, ImmutableDictionary<string, ImmutableSortedSet<long>>.Empty.WithComparers(
            StringComparer.Ordinal),
        ImmutableDictionary<string, ImmutableSortedSet<long>>.Empty.WithComparers(StringComparer.Ordinal), DateTimeOffset.MinValue);

    /// <summary>The newest time at which anything became true or ceased to be.</summary>
    public DateTimeOffset NewestTime { get; }

    /// <summary>Now by a clock that may be behind the one that recorded the newest: time never goes back.</summary>
    public DateTimeOffset Now(DateTimeOffset clock) => clock > NewestTime ? clock : NewestTime;

    /// <summary>The book after one more event; events other than those of relationships change nothing.</summary>
    /// <param name="e">The event.</param>
    /// <param name="position">Its log position.</param>
    public RelationshipBook Apply(object e, long position) => e switch
    {
        RelationshipAdded a => new(
            edges.Add(position, new(a.Source, a.Type, a.Target, a.Properties, a.Since, position, a.AddedBy, a.Comment)),
            With(outgoing, a.Source, position), With(incoming, a.Target, position), Now(a.Since)),
        RelationshipRemoved r when Newest(r.Source, r.Type, r.Target) is { } ended => new(
            edges.SetItem(ended.Position, ended.Ended(r.Until, position, r.RemovedBy)), outgoing, incoming, Now(r.Until)),
        _ => this,
    };

    /// <summary>Every relationship that ever went out from an asset, in the order in which they were recorded.</summary>
    public IEnumerable<Edge> From(string asset) => Of(outgoing, asset);

    /// <summary>Every relationship that ever led to an asset, in the order in which they were recorded.</summary>
    public IEnumerable<Edge> To(string asset) => Of(incoming, asset);

    /// <summary>Every relationship that an asset ever had: first those that went out from it.</summary>
    public IEnumerable<Edge> About(string asset) => From(asset).Concat(To(asset));

    /// <summary>Every relationship that ever was of this type between these two assets.</summary>
    public IEnumerable<Edge> Between(string source, string type, string target) =>
        From(source).Where(e => e.Type == type && e.Target == target);

    /// <summary>The one that was not removed; null when there is none.</summary>
    public Edge? Open(string source, string type, string target) =>
        Between(source, type, target).LastOrDefault(e => e.Until is null);

    /// <summary>The one that was not removed, or the one that was removed last; null when there never was one.</summary>
    public Edge? Newest(string source, string type, string target) =>
        Open(source, type, target) ?? Between(source, type, target).LastOrDefault();

    /// <summary>All types that relationships have or had.</summary>
    public IEnumerable<string> Types => edges.Values.Select(e => e.Type).Distinct();

    IEnumerable<Edge> Of(ImmutableDictionary<string, ImmutableSortedSet<long>> index, string asset) =>
        index.TryGetValue(asset, out var positions) ? positions.Select(p => edges[p]) : [];

    static ImmutableDictionary<string, ImmutableSortedSet<long>> With(
        ImmutableDictionary<string, ImmutableSortedSet<long>> index, string asset, long position) =>
        index.SetItem(asset, index.GetValueOrDefault(asset, []).Add(position));
}

using Npgsql;
using TwinModel.Graphs;

namespace ServiceDefaults;

/// <summary>The relationships in the log, in memory.</summary>
public sealed class TwinGraph(NpgsqlDataSource source)
    : FollowedStream<RelationshipBook>(source, Streams.Graph, RelationshipBook.Empty, (book, e, position) => book.Apply(e, position));

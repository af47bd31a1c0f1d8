using Npgsql;
using TwinModel.Access;

namespace ServiceDefaults.Access;

/// <summary>The policies in the log, in memory.</summary>
public sealed class PolicyLog(NpgsqlDataSource source)
    : FollowedStream<PolicyBook>(source, Streams.Policies, PolicyBook.Empty, (book, e, position) => book.Apply(e, position));

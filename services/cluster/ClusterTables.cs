using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Weasel.Core;
using Weasel.Postgresql;

namespace Cluster;

/// <summary>
/// The tables of a cluster's members and, in <c>orleansquery</c>, the statements with which Orleans reads and writes them. Orleans
/// prescribes the names of that table, of the statements, of their parameters and of the columns that they return. A change of members
/// takes effect only if nothing changed since they were read, which the version shows.
/// </summary>
sealed class ClusterTables(string schema) : ISchemaObject
{
    const string Keys = "cluster = @DeploymentId and address = @Address and port = @Port and generation = @Generation";

    const string Members = "select v.version, m.address, m.port, m.generation, m.name as siloname, m.host as hostname, m.status, "
        + "m.proxy_port as proxyport, m.suspect_times as suspecttimes, m.started_at as starttime, m.alive_at as iamalivetime "
        + "from cluster_version v left join cluster_member m on m.cluster = v.cluster";

    // Status 3 is active, 6 is dead.
    static readonly Dictionary<string, string> Statements = new()
    {
        ["InsertMembershipVersionKey"] = "with added as (insert into cluster_version values (@DeploymentId, 0) on conflict do nothing "
            + "returning 1) select count(*)::int from added",
        ["MembershipReadAllKey"] = $"{Members} where v.cluster = @DeploymentId",
        ["MembershipReadRowKey"] = $"{Members} and m.address = @Address and m.port = @Port and m.generation = @Generation "
            + "where v.cluster = @DeploymentId",
        ["InsertMembershipKey"] = "with next as (update cluster_version set version = version + 1 "
            + $"where cluster = @DeploymentId and version = @Version and not exists (select from cluster_member where {Keys}) "
            + "returning 1), added as (insert into cluster_member "
            + "(cluster, address, port, generation, name, host, status, proxy_port, started_at, alive_at) "
            + "select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime "
            + "from next returning 1) select count(*)::int from added",
        ["UpdateMembershipKey"] = "with next as (update cluster_version set version = version + 1 "
            + $"where cluster = @DeploymentId and version = @Version and exists (select from cluster_member where {Keys}) returning 1), "
            + "changed as (update cluster_member set status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime "
            + $"from next where {Keys} returning 1) select count(*)::int from changed",
        ["UpdateIAmAlivetimeKey"] = $"update cluster_member set alive_at = @IAmAliveTime where {Keys}",
        ["CleanupDefunctSiloEntriesKey"] =
            "delete from cluster_member where cluster = @DeploymentId and status = 6 and alive_at < @IAmAliveTime",
        ["CleanupDefunctSiloEntryKey"] = $"delete from cluster_member where {Keys} and status = 6 and started_at = @StartTime "
            + "and alive_at = @IAmAliveTime and suspect_times is not distinct from @SuspectTimes",
        ["DeleteMembershipTableEntriesKey"] = "with gone as (delete from cluster_member where cluster = @DeploymentId) "
            + "delete from cluster_version where cluster = @DeploymentId",
        ["GatewaysQueryKey"] = "select address, proxy_port as proxyport, generation from cluster_member "
            + "where cluster = @DeploymentId and status = @Status and proxy_port > 0",
    };

    readonly PostgresqlObjectName queries = new(schema, "orleansquery", SchemaUtils.IdentifierUsage.General);

    public DbObjectName Identifier => queries;

    // A comment in the database tells which version of this script was run there.
    string Script => $"""
        create table if not exists {schema}.cluster_version (cluster text primary key, version int not null);
        create table if not exists {schema}.cluster_member (
            cluster text, address text, port int, generation int, name text not null, host text not null, status int not null,
            proxy_port int not null, suspect_times text, started_at timestamptz not null, alive_at timestamptz not null,
            primary key (cluster, address, port, generation));
        create table if not exists {schema}.orleansquery (querykey text primary key, querytext text not null);
        delete from {schema}.orleansquery;
        insert into {schema}.orleansquery values {string.Join(",\n", Statements.Select(s => $"('{s.Key}', '{s.Value}')"))};
        """;

    string Fingerprint => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));

    public IEnumerable<DbObjectName> AllNames() => [queries,
        new PostgresqlObjectName(schema, "cluster_version", SchemaUtils.IdentifierUsage.General),
        new PostgresqlObjectName(schema, "cluster_member", SchemaUtils.IdentifierUsage.General)];

    public void WriteCreateStatement(Migrator migrator, TextWriter writer) =>
        writer.WriteLine($"{Script}\ncomment on table {schema}.orleansquery is '{Fingerprint}';");

    public void WriteDropStatement(Migrator rules, TextWriter writer) =>
        writer.WriteLine($"drop table if exists {string.Join(", ", AllNames().Select(n => n.QualifiedName))};");

    public void ConfigureQueryCommand(Weasel.Core.DbCommandBuilder builder) =>
        builder.Append($"select obj_description(to_regclass('{schema}.orleansquery'), 'pg_class');");

    public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default)
    {
        var isSame = await reader.ReadAsync(ct) && !await reader.IsDBNullAsync(0, ct) && reader.GetString(0) == Fingerprint;
        // The script can be run again over what an earlier version of it made.
        return new SchemaObjectDelta(this, isSame ? SchemaPatchDifference.None : SchemaPatchDifference.Create);
    }
}

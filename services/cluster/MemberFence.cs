using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime;
using ServiceDefaults;

namespace Cluster;

/// <summary>This replica is not a member of its cluster; others own its assets, and it must not write.</summary>
public sealed class MemberDeadException(string message) : UnavailableException(message);

/// <summary>
/// Keeps a replica that was declared dead from writing, e.g. one that was frozen and does not know yet that others took its assets.
/// </summary>
public sealed class MemberFence
{
    // A replica that freezes between the check and the commit holds the lock that its declaration of death waits for: the server ends the
    // transaction.
    const int MostIdleMilliseconds = 1_500;

    readonly string sql;
    readonly ILocalSiloDetails self;
    readonly IOptions<ClusterOptions> cluster;
    readonly DeclaredDead death;

    internal MemberFence(string schema, ILocalSiloDetails self, IOptions<ClusterOptions> cluster, DeclaredDead death)
    {
        (this.self, this.cluster, this.death) = (self, cluster, death);
        sql = $"select set_config('idle_in_transaction_session_timeout', '{MostIdleMilliseconds}', true), "
            + $"(select status from {schema}.cluster_member where cluster = $1 and address = $2 and port = $3 and generation = $4 "
            + "for share)";
    }

    /// <summary>
    /// Call it in the transaction of a write, as the last step before the commit. A declaration of death at the same time waits for the
    /// commit or comes first. From here on the server ends the transaction if it hears nothing for 1.5 s.
    /// </summary>
    /// <exception cref="MemberDeadException">This replica was declared dead, or has not joined yet.</exception>
    public async Task Check(NpgsqlConnection connection, CancellationToken cancel)
    {
        var (endpoint, generation) = (self.SiloAddress.Endpoint, self.SiloAddress.Generation);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = cluster.Value.ClusterId });
        command.Parameters.Add(new() { Value = endpoint.Address.ToString() });
        command.Parameters.Add(new() { Value = endpoint.Port });
        command.Parameters.Add(new() { Value = generation });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var status = await reader.IsDBNullAsync(1, cancel) ? SiloStatus.None : (SiloStatus)reader.GetInt32(1);
        if (status is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping) return;
        if (status == SiloStatus.Dead) death.Stop();
        throw new MemberDeadException(
            $"This replica, {self.SiloAddress}, is no member of its cluster (status {status}); it must not write.");
    }
}

/// <summary>Call it in the transaction of a write; throws unless this replica may write. See <see cref="MemberFence.Check"/>.</summary>
public delegate Task WriteFence(NpgsqlConnection connection, CancellationToken cancel);

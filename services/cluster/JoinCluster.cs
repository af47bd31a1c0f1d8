using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime;
using ServiceDefaults;

namespace Cluster;

/// <summary>
/// Starts Orleans once the tables can be read, and stops it. As a rule, the member is active before the service takes work; while
/// PostgreSQL is missing, the service runs without being a member.
/// </summary>
sealed partial class JoinCluster(
    string schema, Type orleans, IServiceProvider provider, NpgsqlDataSource source, ILocalSiloDetails self,
    IOptions<ClusterOptions> cluster, IClusterMembershipService membership, Owners owners, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<JoinCluster> logger) : IHostedService
{
    // Orleans judges by its own clock how old the signs of life in the table are.
    static readonly TimeSpan MostClockDifference = TimeSpan.FromSeconds(2);

    static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource stopping = new();
    readonly TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IHostedService? silo;
    Task joining = Task.CompletedTask, following = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RequireFreePort();
        await using var given = cancellationToken.Register(stopping.Cancel);
        following = Follow();
        joining = Join();
        var first = await Task.WhenAny(joining, waits.Task);
        await first;
        if (first != joining) _ = StopOnFailure();
    }

    void RequireFreePort()
    {
        var endpoint = self.SiloAddress.Endpoint;
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new InvalidSettingException("Cluster:Port", $"{endpoint.Port}", "a port on which no other process listens");
        }
        catch (SocketException e)
        {
            throw new InvalidSettingException("Cluster:Address", $"{endpoint.Address}", $"an IP address of this machine ({e.Message})");
        }
    }

    async Task Join()
    {
        await WaitForTables();
        silo = (IHostedService)ActivatorUtilities.CreateInstance(provider, orleans);
        await silo.StartAsync(stopping.Token);
    }

    async Task StopOnFailure()
    {
        try
        {
            await joining;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            LogFailed(cluster.Value.ClusterId, StoreFaults.Reason(e), e);
            Environment.ExitCode = DeclaredDead.ExitCode;
            lifetime.StopApplication();
        }
    }

    async Task WaitForTables()
    {
        string? told = null;
        for (var attempt = 0; ; attempt++)
        {
            var reason = await WhyNotReady();
            if (reason is null) return;
            if (reason != told) LogWaits(cluster.Value.ClusterId, told = reason);
            waits.TrySetResult();
            await Task.Delay(StoreFaults.PauseAfter(attempt), stopping.Token);
        }
    }

    async Task<string?> WhyNotReady()
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(stopping.Token);
            await CompareClocks(connection);
            await BuryTheDead(connection);
            return null;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return $"its tables do not exist; run `dotnet {Assembly.GetEntryAssembly()?.GetName().Name}.dll db-apply` first";
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            return $"PostgreSQL cannot be reached: {StoreFaults.Reason(e)}";
        }
    }

    async Task CompareClocks(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var difference = time.GetUtcNow() - new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(stopping.Token))!);
        if (difference.Duration() > MostClockDifference) LogClocks(difference.TotalSeconds);
    }

    /// <summary>
    /// Declares members dead that are listed but whose machine refuses connections, and earlier lives of this one. Orleans would try for
    /// seconds to reach members that were killed a moment ago.
    /// </summary>
    async Task BuryTheDead(NpgsqlConnection connection)
    {
        List<SiloAddress> listed = [];
        await using (var read = new NpgsqlCommand(
            $"select address, port, generation from {schema}.cluster_member where cluster = $1 and status < {(int)SiloStatus.Dead}",
            connection))
        {
            read.Parameters.Add(new() { Value = cluster.Value.ClusterId });
            await using var reader = await read.ExecuteReaderAsync(stopping.Token);
            while (await reader.ReadAsync(stopping.Token))
                listed.Add(SiloAddress.New(new(IPAddress.Parse(reader.GetString(0)), reader.GetInt32(1)), reader.GetInt32(2)));
        }
        var refuses = await Task.WhenAll(listed.Select(IsDead));
        SiloAddress[] dead = [.. listed.Where((_, i) => refuses[i])];
        if (dead.Length == 0) return;
        await using var bury = new NpgsqlCommand(
            $"""
            with next as (update {schema}.cluster_version set version = version + 1 where cluster = $1 returning cluster)
            update {schema}.cluster_member m set status = {(int)SiloStatus.Dead} from next
            where m.cluster = next.cluster and (address, port, generation) in (select * from unnest($2, $3, $4))
            """, connection);
        bury.Parameters.Add(new() { Value = cluster.Value.ClusterId });
        bury.Parameters.Add(new() { Value = dead.Select(d => d.Endpoint.Address.ToString()).ToArray() });
        bury.Parameters.Add(new() { Value = dead.Select(d => d.Endpoint.Port).ToArray() });
        bury.Parameters.Add(new() { Value = dead.Select(d => d.Generation).ToArray() });
        await bury.ExecuteNonQueryAsync(stopping.Token);
    }

    async Task<bool> IsDead(SiloAddress member)
    {
        // This process has its port.
        if (member.Endpoint.Equals(self.SiloAddress.Endpoint)) return true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            using var client = new TcpClient(member.Endpoint.AddressFamily);
            await client.ConnectAsync(member.Endpoint, limit.Token);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Its machine may be out of reach for this one only.
            return false;
        }
    }

    async Task Follow()
    {
        try
        {
            await foreach (var view in membership.MembershipUpdates.WithCancellation(stopping.Token))
            {
                var members = view.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.SiloAddress);
                if (owners.Take(members, self.SiloAddress)) LogMembers(cluster.Value.ClusterId, string.Join(", ", owners.Members));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (silo is not null && joining.IsCompletedSuccessfully) await silo.StopAsync(cancellationToken);
        await stopping.CancelAsync();
        await Task.WhenAll(joining, following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Information, "Members of cluster {Cluster}: {Members}")]
    partial void LogMembers(string cluster, string members);

    [LoggerMessage(LogLevel.Warning, "Waiting to join cluster {Cluster}: {Reason}")]
    partial void LogWaits(string cluster, string reason);

    [LoggerMessage(LogLevel.Warning, "This machine's clock is {Seconds:0.0} s ahead of PostgreSQL's; members whose clocks differ take each "
        + "other for silent")]
    partial void LogClocks(double seconds);

    [LoggerMessage(LogLevel.Critical, "Could not join cluster {Cluster}: {Reason}; this replica stops")]
    partial void LogFailed(string cluster, string reason, Exception exception);
}

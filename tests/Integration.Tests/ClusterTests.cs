using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cluster;
using Integration.Tests.Running;
using JasperFx;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using ServiceDefaults;
using Weasel.Core;

namespace Integration.Tests;

/// <summary>Tells which member runs it.</summary>
public interface IPlacedGrain : IGrainWithStringKey
{
    Task<string> Where();
}

[PlaceAtOwner]
public sealed class PlacedGrain(ILocalSiloDetails self) : Grain, IPlacedGrain
{
    public Task<string> Where() => Task.FromResult($"{self.SiloAddress}");
}

/// <summary>Members of a cluster in this process; what cannot be done to one of them is imitated by rows in the table.</summary>
public sealed class ClusterTests(Infrastructure infrastructure) : IAsyncLifetime
{
    const string Schema = "cluster_tests";

    static readonly string[] Ids = [.. Enumerable.Range(1, 40).Select(i => $"asset-{i}")];

    readonly string database = $"cluster_{Guid.NewGuid():N}";
    readonly ConcurrentQueue<string> log = [];
    readonly ConcurrentQueue<int> exits = [];
    readonly List<WebApplication> members = [];
    NpgsqlDataSource source = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await infrastructure.CreateDatabase(database);
        source = NpgsqlDataSource.Create(infrastructure.Postgres(database));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in members)
        {
            await member.StopAsync(CancellationToken.None);
            await member.DisposeAsync();
        }
        await source.DisposeAsync();
        await infrastructure.DropDatabase(database);
    }

    WebApplication Build(string port, string address = "127.0.0.1", string? postgres = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["ConnectionStrings:Postgres"] = postgres ?? infrastructure.Postgres(database);
        (builder.Configuration["Cluster:Port"], builder.Configuration["Cluster:Address"]) = (port, address);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Logging.ClearProviders().AddProvider(new Lines(log));
        builder.AddEventLog(options => ClusterSetup.RegisterTables(options, Schema));
        builder.AddCluster("cluster-tests", Schema, 1);
        var member = builder.Build();
        member.Services.GetRequiredService<DeclaredDead>().Exit = exits.Enqueue;
        return member;
    }

    async Task<WebApplication> Start(int? port = null)
    {
        var member = Build($"{port ?? ServiceProcess.FreePort()}");
        members.Add(member);
        await member.StartAsync(Cancel);
        return member;
    }

    async Task CreateTables()
    {
        await using var member = Build("1");
        var storage = member.Services.GetRequiredService<IDocumentStore>().Storage;
        await storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        // What is there already is found the next time.
        Assert.Equal(SchemaPatchDifference.None, (await storage.Database.CreateMigrationAsync(Cancel)).Difference);
    }

    static Owners OwnersOf(WebApplication member) => member.Services.GetRequiredService<Owners>();

    static SiloAddress AddressOf(WebApplication member) => member.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    static Task SeesMembers(WebApplication member, int count) =>
        Eventually.Is($"{count} members", () => Task.FromResult(OwnersOf(member).Members.Count == count));

    async Task<int> Execute(string sql, params object[] values)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(Cancel);
    }

    Task List(int port) => Execute(
        $"""
        with next as (update {Schema}.cluster_version set version = version + 1)
        insert into {Schema}.cluster_member values ('cluster-tests', '127.0.0.1', $1, 1, 'ghost', 'ghost', 3, 0, null, now(), now())
        """, port);

    Task Declare(WebApplication member, SiloStatus status) => Execute(
        $"update {Schema}.cluster_member set status = $1 where port = $2", (int)status, AddressOf(member).Endpoint.Port);

    [Fact]
    public async Task Members_share_the_ids_and_grains_run_at_the_owners_until_one_is_gone()
    {
        await CreateTables();
        var (first, second) = (await Start(), await Start());
        await SeesMembers(first, 2);
        await SeesMembers(second, 2);
        var grains = second.Services.GetRequiredService<IGrainFactory>();
        Assert.Equal(2, Ids.Select(OwnersOf(first).Of).Distinct().Count());
        foreach (var id in Ids)
        {
            Assert.Equal(OwnersOf(first).Of(id), OwnersOf(second).Of(id));
            Assert.Equal(OwnersOf(first).IsMine(id), !OwnersOf(second).IsMine(id));
            Assert.Equal($"{OwnersOf(first).Of(id)}", await grains.GetGrain<IPlacedGrain>(id).Where());
        }

        await first.StopAsync(Cancel);
        await SeesMembers(second, 1);
        foreach (var id in Ids) Assert.Equal($"{AddressOf(second)}", await grains.GetGrain<IPlacedGrain>(id).Where());
        Assert.Empty(exits);
    }

    [Fact]
    public async Task A_member_that_does_not_answer_is_declared_dead_in_three_seconds()
    {
        await CreateTables();
        var member = await Start();
        // Like a process that was frozen: the kernel accepts connections for it.
        using var frozen = new TcpListener(IPAddress.Loopback, 0);
        frozen.Start();
        await List(((IPEndPoint)frozen.LocalEndpoint).Port);
        await SeesMembers(member, 2);
        var seen = Stopwatch.StartNew();
        await SeesMembers(member, 1);
        // 2 to 3 s on a machine that is not busy.
        Assert.InRange(seen.Elapsed.TotalSeconds, 1.5, 10);
        Assert.True(Ids.All(OwnersOf(member).IsMine));
    }

    [Fact]
    public async Task A_member_starts_at_once_after_all_were_killed_and_replaces_its_earlier_life()
    {
        await CreateTables();
        await (await Start()).StopAsync(Cancel);
        var port = ServiceProcess.FreePort();
        foreach (var killed in new[] { port, ServiceProcess.FreePort(), ServiceProcess.FreePort() }) await List(killed);
        var starting = Stopwatch.StartNew();
        var member = await Start(port);
        // Left to itself, Orleans waits 5 s before it tries again to reach the dead.
        Assert.InRange(starting.Elapsed.TotalSeconds, 0, 4.5);
        await SeesMembers(member, 1);
        Assert.Equal(AddressOf(member), OwnersOf(member).Members[0]);
    }

    [Fact]
    public async Task A_member_that_was_declared_dead_must_not_write_and_ends()
    {
        await CreateTables();
        var member = await Start();
        var fence = member.Services.GetRequiredService<MemberFence>();
        await using (var connection = await source.OpenConnectionAsync(Cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await fence.Check(connection, Cancel);
            var declaration = Declare(member, SiloStatus.Dead);
            await Task.Delay(300, Cancel);
            Assert.False(declaration.IsCompleted);
            await transaction.CommitAsync(Cancel);
            await declaration;
        }
        await using var other = await source.OpenConnectionAsync(Cancel);
        await Assert.ThrowsAsync<MemberDeadException>(() => fence.Check(other, Cancel));
        Assert.Equal([70], exits);
        Assert.Single(log, line => line.Contains("was declared dead by the others", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_that_freezes_before_its_commit_does_not_hold_up_its_declaration_of_death()
    {
        await CreateTables();
        var member = await Start();
        await using var connection = await source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await member.Services.GetRequiredService<MemberFence>().Check(connection, Cancel);
        await Declare(member, SiloStatus.Dead).WaitAsync(TimeSpan.FromSeconds(4), Cancel);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync(Cancel));
    }

    [Fact]
    public async Task A_member_that_reads_that_it_is_dead_ends()
    {
        await CreateTables();
        var (first, second) = (await Start(), await Start());
        await SeesMembers(second, 2);
        await Execute($"update {Schema}.cluster_version set version = version + 1");
        await Declare(first, SiloStatus.Dead);
        await Eventually.Is("the first ends", () => Task.FromResult(exits.Contains(70)));
        await SeesMembers(second, 1);
        Assert.Equal([70], exits);
    }

    [Fact]
    public async Task Without_tables_a_member_says_what_to_do_and_joins_when_they_exist()
    {
        var member = await Start();
        Assert.Single(log, line => line.Contains("its tables do not exist; run `dotnet ", StringComparison.Ordinal));
        Assert.False(OwnersOf(member).IsActive);
        var health = member.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(Cancel)).Entries["cluster"].Status);
        await CreateTables();
        await SeesMembers(member, 1);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Cancel)).Entries["cluster"].Status);
    }

    [Fact]
    public async Task Without_PostgreSQL_a_service_starts_and_waits()
    {
        await using var member = Build($"{ServiceProcess.FreePort()}", postgres: "Host=127.0.0.1;Port=1;Username=nobody;Database=none");
        await member.StartAsync(Cancel);
        Assert.Single(log, line => line.Contains("PostgreSQL cannot be reached", StringComparison.Ordinal));
        Assert.Null(OwnersOf(member).Of("asset-1"));
        await member.StopAsync(Cancel);
    }

    [Theory]
    [InlineData("0", "127.0.0.1", "Cluster:Port")]
    [InlineData("65536", "127.0.0.1", "Cluster:Port")]
    [InlineData("11000", "localhost", "Cluster:Address")]
    [InlineData("11000", "0.0.0.0", "Cluster:Address")]
    public void A_wrong_setting_is_named(string port, string address, string name) =>
        Assert.Contains(name, Assert.Throws<InvalidSettingException>(() => Build(port, address)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var member = Build($"{((IPEndPoint)other.LocalEndpoint).Port}");
        var wrong = await Assert.ThrowsAsync<InvalidSettingException>(() => member.StartAsync(Cancel));
        Assert.Contains("Cluster:Port", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>Keeps what is logged.</summary>
    sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(lines, categoryName);

        public void Dispose()
        {
        }

        sealed class Logger(ConcurrentQueue<string> lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)}");
        }
    }
}

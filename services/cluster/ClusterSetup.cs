using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.Net;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using ServiceDefaults;

namespace Cluster;

/// <summary>Settings <c>Cluster:…</c>.</summary>
sealed class ClusterSettings
{
    /// <summary>Port on which the other members reach this one; 0 when not given.</summary>
    [Range(1, 65535)]
    public int Port { get; set; }

    /// <summary>IP address at which the other members reach this one.</summary>
    public string Address { get; set; } = "127.0.0.1";
}

/// <summary>Makes the replicas of a service members of a cluster, which share its assets among them.</summary>
public static class ClusterSetup
{
    /// <summary>
    /// Makes this replica a member. Members are listed in PostgreSQL; a member that does not answer for about 3 s is declared dead by any
    /// other. Settings: <c>Cluster:Port</c> and <c>Cluster:Address</c> (default 127.0.0.1), where the other members reach this one.
    /// Requires <see cref="EventLog.AddEventLog"/>. Registers <see cref="Owners"/>, <see cref="MemberFence"/> and Orleans.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="service">Its name, also the cluster's.</param>
    /// <param name="schema">Its schema; see <see cref="RegisterTables"/>.</param>
    /// <param name="port">Used when <c>Cluster:Port</c> is not set.</param>
    /// <param name="configure">More settings of Orleans.</param>
    /// <exception cref="InvalidSettingException">A setting is wrong.</exception>
    public static void AddCluster(
        this WebApplicationBuilder builder, string service, string schema, int port, Action<ISiloBuilder>? configure = null)
    {
        var settings = builder.AddSettings<ClusterSettings>("Cluster");
        var address = Address(settings);
        if (settings.Port > 0) port = settings.Port;
        var services = builder.Services;
        services.AddSingleton<WriteFence>(provider => provider.GetRequiredService<MemberFence>().Check);
        services.AddSingleton<DeclaredDead>().AddSingleton(provider => new MemberFence(
            schema, provider.GetRequiredService<ILocalSiloDetails>(), provider.GetRequiredService<IOptions<ClusterOptions>>(),
            provider.GetRequiredService<DeclaredDead>()));
        services.AddSingleton(provider =>
        {
            var (owners, registry) = (new Owners(), provider.GetService<AssetRegistry>());
            var meter = provider.GetRequiredService<IMeterFactory>().Create("Pollux");
            meter.CreateObservableGauge(
                "pollux.cluster.members", () => owners.Members.Count, "{member}", "Active replicas of this service, as this one sees it");
            meter.CreateObservableGauge(
                "pollux.cluster.assets", () => registry?.All.Count(a => owners.IsMine(a.Id)) ?? 0, "{asset}", "Assets of this replica");
            return owners;
        });
        builder.UseOrleans(silo =>
        {
            silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", Connection(builder, schema)));
            silo.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = service);
            silo.Configure<SiloOptions>(options => options.SiloName = new IPEndPoint(address, port).ToString());
            silo.Configure<EndpointOptions>(options =>
                (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (address, port, 0));
            silo.Configure<ClusterMembershipOptions>(DetectDeath);
            // Only grains that are placed by load need to know the members' load every second.
            silo.Configure<DeploymentLoadPublisherOptions>(options => options.DeploymentLoadPublisherRefreshTime = TimeSpan.Zero);
            silo.Services.AddPlacementDirector<PlaceAtOwner, OwnerPlacement>();
            configure?.Invoke(silo);
        });
        DeclaredDead.ReplaceHandler(services);
        StartWhenTablesExist(services, schema);
        services.AddHealthChecks().AddCheck<ClusterHealth>("cluster", tags: ["ready"]);
        // Its errors about a death repeat what DeclaredDead says; the others are seen in the health of PostgreSQL.
        builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning)
            // Recommends another garbage collector; warns of a stall at every start.
            .AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)
            .AddFilter("Orleans.Runtime.MembershipService.MembershipTableManager", LogLevel.Critical);
    }

    static IPAddress Address(ClusterSettings settings) =>
        IPAddress.TryParse(settings.Address, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : throw new InvalidSettingException(
                "Cluster:Address", settings.Address, "the IP address of this machine at which the other replicas reach it");

    static string Connection(WebApplicationBuilder builder, string schema) =>
        new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("Postgres"))
        {
            ApplicationName = $"{builder.Environment.ApplicationName} cluster",
            SearchPath = schema,
            MaxPoolSize = 4,
        }.ConnectionString;

    // Three probes, a second apart, each with a second to answer: a killed replica is dead for the others after 2 to 3 s, while one that
    // does not run for 1.5 s misses two at most.
    static void DetectDeath(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = options.MinProbeTimeout = options.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 1;
        // Through a third replica, the last probe may take twice as long.
        options.EnableIndirectProbes = false;
        // Members tell each other what changes; they read the table in case a message was lost.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(2);
        // After 6 s without a sign of life in the table, a member that joins does not wait for this one to answer.
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
        options.NumMissedTableIAmAliveLimit = 3;
        options.DefunctSiloExpiration = TimeSpan.FromDays(1);
    }

    // Orleans gives up when it cannot read the tables.
    static void StartWhenTablesExist(IServiceCollection services, string schema)
    {
        var silo = services.Single(s => s.ImplementationType?.FullName == "Orleans.Hosting.SiloHostedService");
        services.Remove(silo);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<JoinCluster>(provider, schema, silo.ImplementationType!))
            .AddHostedService(provider => provider.GetRequiredService<JoinCluster>());
    }

    /// <summary>Adds the tables of the cluster's members to those that <c>db-apply</c> creates.</summary>
    /// <param name="options">Marten's options.</param>
    /// <param name="schema">The service's schema.</param>
    public static void RegisterTables(StoreOptions options, string schema) =>
        options.Storage.ExtendedSchemaObjects.Add(new ClusterTables(schema));
}

/// <summary>Ready when the other members may call this one.</summary>
sealed class ClusterHealth(Owners owners) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(owners.IsActive
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("This replica has not joined the others yet."));
}

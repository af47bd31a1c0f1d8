using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace Integration.Tests.Running;

/// <summary>
/// PostgreSQL, RabbitMQ and Mosquitto in containers, with the images and settings of compose. Ports stay the same when a server is killed
/// and started again.
/// </summary>
sealed class ContainerServers : IAsyncDisposable
{
    const int Postgres = 5432, RabbitMq = 5672, Mqtt = 1883;

    readonly Dictionary<string, int> ports = new()
    {
        ["postgres"] = ServiceProcess.FreePort(),
        ["rabbitmq"] = ServiceProcess.FreePort(),
        ["mosquitto"] = ServiceProcess.FreePort(),
    };
    readonly Dictionary<string, IContainer> containers = [];

    public Dictionary<string, string> Connections => new()
    {
        ["Postgres"] = $"Host=127.0.0.1;Port={ports["postgres"]};Username=pollux;Password=pollux;Database=pollux",
        ["RabbitMq"] = $"amqp://pollux:pollux@127.0.0.1:{ports["rabbitmq"]}/",
        ["Mqtt"] = $"mqtt://pollux:pollux@127.0.0.1:{ports["mosquitto"]}",
    };

    public async Task Start()
    {
        // The resource reaper's image may not be available. The engine may be older than the library, so use the engine's API version.
        Environment.SetEnvironmentVariable("TESTCONTAINERS_RYUK_DISABLED", "true");
        if (Environment.GetEnvironmentVariable("DOCKER_API_VERSION") is not { Length: > 0 })
            Environment.SetEnvironmentVariable(
                "DOCKER_API_VERSION", (await Infrastructure.Run("docker", ["version", "--format", "{{.Server.APIVersion}}"])).Trim());
        containers["postgres"] = new PostgreSqlBuilder(Image("postgres")).WithUsername("pollux").WithPassword("pollux")
            .WithDatabase("pollux").WithPortBinding(ports["postgres"], Postgres)
            // Durable as in production; the builder turns this off by default.
            .WithResourceMapping(new FileInfo(Deploy("accounts", "roles.sql")), "/docker-entrypoint-initdb.d/")
            .WithCommand("-c", "max_connections=200", "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on").Build();
        containers["rabbitmq"] = new RabbitMqBuilder(Image("rabbitmq")).WithUsername("pollux").WithPassword("pollux")
            .WithHostname("rabbitmq").WithPortBinding(ports["rabbitmq"], RabbitMq)
            .WithResourceMapping(new FileInfo(Deploy("local", "enabled_plugins")), "/etc/rabbitmq/")
            .WithResourceMapping(new FileInfo(Deploy("accounts", "definitions.json")), "/etc/rabbitmq/")
            .WithResourceMapping("load_definitions = /etc/rabbitmq/definitions.json\n"u8.ToArray(), "/etc/rabbitmq/conf.d/pollux.conf")
            .Build();
        containers["mosquitto"] = new ContainerBuilder(Image("eclipse-mosquitto")).WithPortBinding(ports["mosquitto"], Mqtt)
            .WithResourceMapping(new FileInfo(Deploy("base", "mosquitto.conf")), "/mosquitto/config/")
            .WithResourceMapping(new FileInfo(Deploy("accounts", "passwords")), "/mosquitto/accounts/")
            .WithResourceMapping(new FileInfo(Deploy("accounts", "acl")), "/mosquitto/accounts/")
            .WithWaitStrategy(Wait.ForUnixContainer().UntilExternalTcpPortIsAvailable(Mqtt)).Build();
        await Task.WhenAll(containers.Values.Select(c => c.StartAsync()));
    }

    /// <summary>The image version in the compose file.</summary>
    static string Image(string name) =>
        File.ReadLines(Deploy("compose", "compose.yaml")).Select(l => l.Trim())
            .First(l => l.StartsWith($"image: {name}:", StringComparison.Ordinal))["image: ".Length..];

    static string Deploy(string folder, string file) => Path.Combine(Infrastructure.Repository, "deploy", folder, file);

    public Task Kill(string server) => Infrastructure.Run("docker", ["kill", containers[server].Id]);

    public async Task StartAgain(string server)
    {
        await Infrastructure.Run("docker", ["start", containers[server].Id]);
        await Eventually.Is($"{server} answers", () => Answers(server));
    }

    // Checked inside the container: the engine's relay accepts connections before the server does.
    async Task<bool> Answers(string server) => (await containers[server].ExecAsync(server switch
    {
        "postgres" => ["pg_isready", "-U", "pollux", "-h", "127.0.0.1"],
        "rabbitmq" => ["rabbitmq-diagnostics", "-q", "check_port_connectivity"],
        _ => ["mosquitto_sub", "-u", "pollux", "-P", "pollux", "-t", "$SYS/broker/uptime", "-C", "1", "-W", "3"],
    })).ExitCode == 0;

    public async ValueTask DisposeAsync()
    {
        foreach (var container in containers.Values) await container.DisposeAsync();
    }
}

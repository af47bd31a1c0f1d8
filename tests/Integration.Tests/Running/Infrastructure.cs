using System.Diagnostics;
using System.Reflection;
using Npgsql;
using Xunit.Sdk;

[assembly: AssemblyFixture(typeof(Integration.Tests.Running.Infrastructure))]
// Two cores, and some tests kill servers: one class at a time.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]

namespace Integration.Tests.Running;

/// <summary>
/// PostgreSQL, RabbitMQ and Mosquitto: those of the connection strings in the environment (<c>./pollux test</c> sets them together with the
/// state directory, so that they can be killed); containers with <c>POLLUX_TEST_SERVERS=containers</c>; otherwise a private set of servers.
/// Fails if there are none.
/// </summary>
public sealed class Infrastructure : IAsyncLifetime
{
    const string Template = "pollux_template";

    readonly Dictionary<string, string> connections = [];
    readonly Dictionary<string, string> pollux = [];
    ContainerServers? containers;
    bool isOurs;

    public static string Repository { get; } = typeof(Infrastructure).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "Repository").Value!;

    public static string ShippedAssets => Path.Combine(Repository, "contracts", "assets");

    /// <summary>A folder with the shipped models, and with 'pump-sensors', which has no physics.</summary>
    public static string AssetsWithBarePump => WithBarePump.Value;

    static readonly Lazy<string> WithBarePump = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("pollux-assets-").FullName;
        foreach (var file in Directory.GetFiles(ShippedAssets, "*.asset.yaml"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var pump = File.ReadAllText(Path.Combine(ShippedAssets, "pump-loop.asset.yaml"));
        File.WriteAllText(Path.Combine(folder, "pump-sensors.asset.yaml"), pump.Split("\nphysics:")[0]
            .Replace("id: pump-loop", "id: pump-sensors", StringComparison.Ordinal));
        return folder;
    });

    public static string Logs => Path.Combine(Repository, "artifacts", "test-logs");

    public string RabbitMq => connections["RabbitMq"];

    public Uri Mqtt => new(connections["Mqtt"]);

    public string Postgres(string database) =>
        new NpgsqlConnectionStringBuilder(connections["Postgres"]) { Database = database }.ConnectionString;

    /// <summary>
    /// The connections of a service, with the rights that it has in production; of whatever has no accounts, and on servers without, the
    /// owner's.
    /// </summary>
    public Dictionary<string, string> ConnectionsOf(string service, string database)
    {
        var postgres = new NpgsqlConnectionStringBuilder(Postgres(database));
        var (rabbit, mqtt) = (new UriBuilder(RabbitMq), new UriBuilder(Mqtt));
        if (service is "ingest" or "twin-state" or "simulation" or "query" && PasswordOf(service) is { } password)
        {
            (postgres.Username, postgres.Password) = (service.Replace('-', '_'), password);
            (rabbit.UserName, rabbit.Password) = (service, password);
            if (service == "ingest") (mqtt.UserName, mqtt.Password) = (service, password);
        }
        return new()
        {
            ["ConnectionStrings__Postgres"] = postgres.ConnectionString,
            ["ConnectionStrings__RabbitMq"] = rabbit.Uri.OriginalString,
            ["ConnectionStrings__Mqtt"] = mqtt.Uri.OriginalString,
        };
    }

    /// <summary>
    /// The password of a service's accounts: in containers, the account's name; null on servers of somebody else, which may have none.
    /// </summary>
    public string? PasswordOf(string account)
    {
        var home = pollux.GetValueOrDefault("POLLUX_HOME") ?? Environment.GetEnvironmentVariable("POLLUX_HOME");
        if (containers is not null) return account;
        if (home is not { Length: > 0 }) return null;
        return File.ReadLines(Path.Combine(home, "accounts", "servers")).Select(l => l.Split(' '))
            .Single(l => l[0] == account)[1];
    }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Logs);
        foreach (var name in new[] { "Postgres", "RabbitMq", "Mqtt" })
            if (Environment.GetEnvironmentVariable($"ConnectionStrings__{name}") is { Length: > 0 } given) connections[name] = given;
        if (connections.Count is not (0 or 3))
            throw new XunitException("Give all of ConnectionStrings__Postgres, __RabbitMq and __Mqtt, or none.");
        if (connections.Count == 0 && Environment.GetEnvironmentVariable("POLLUX_TEST_SERVERS") == "containers") await StartContainers();
        if (connections.Count == 0) await StartPrivateServers();
        await MakeTemplate();
    }

    async Task StartContainers()
    {
        containers = new();
        await containers.Start();
        foreach (var (key, value) in containers.Connections) connections[key] = value;
    }

    async Task StartPrivateServers()
    {
        var home = Environment.GetEnvironmentVariable("POLLUX_HOME") is { Length: > 0 } given ? given : Path.Combine(Repository, ".pollux");
        pollux["POLLUX_HOME"] = Path.Combine(home, "test");
        pollux["POLLUX_TOOLS"] = Environment.GetEnvironmentVariable("POLLUX_TOOLS") is { Length: > 0 } tools
            ? tools
            : Path.Combine(home, "tools");
        pollux["POLLUX_PORT_OFFSET"] = Environment.GetEnvironmentVariable("POLLUX_PORT_OFFSET") is { Length: > 0 } offset ? offset : "1000";
        isOurs = true;
        await Pollux("servers", "up");
        foreach (var line in (await Pollux("servers", "env")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = (
                line[..line.IndexOf('=', StringComparison.Ordinal)], line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            connections[key.Replace("ConnectionStrings__", "", StringComparison.Ordinal)] = value;
        }
    }

    /// <summary>Creates the schema once; every system gets a copy.</summary>
    async Task MakeTemplate()
    {
        await Execute($"drop database if exists {Template} with (force)");
        await Execute($"create database {Template}");
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__Postgres"] = Postgres(Template),
            ["ConnectionStrings__RabbitMq"] = RabbitMq,
            ["ConnectionStrings__Mqtt"] = connections["Mqtt"],
            ["Assets__Directory"] = ShippedAssets,
            ["DOTNET_ENVIRONMENT"] = "Production",
        };
        foreach (var project in new[] { "TwinState", "Ingest", "Simulation" })
            await Run("dotnet", [ServiceProcess.Assembly(project), "db-apply"], settings);
    }

    public async Task CreateDatabase(string name) => await Execute($"create database {name} template {Template}");

    public async Task DropDatabase(string name) => await Execute($"drop database if exists {name} with (force)");

    async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connections["Postgres"])
        {
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Kills a server without warning.</summary>
    public async Task Kill(string server) => await (containers?.Kill(server) ?? Pollux("servers", "kill", server));

    /// <summary>Restarts a server and waits until it answers.</summary>
    public async Task Start(string server) => await (containers?.StartAgain(server) ?? Pollux("servers", "up", server));

    /// <summary>Runs <c>./pollux</c> with the state directory and ports of these servers, unless the settings name others.</summary>
    public Task<string> Command(IReadOnlyDictionary<string, string> settings, IEnumerable<string> arguments)
    {
        Dictionary<string, string> all = new(pollux);
        foreach (var (key, value) in settings) all[key] = value;
        return Run(Path.Combine(Repository, "pollux"), arguments, all, seconds: 300);
    }

    async Task<string> Pollux(params string[] arguments)
    {
        if (pollux.Count == 0 && Environment.GetEnvironmentVariable("POLLUX_HOME") is not { Length: > 0 })
            throw new XunitException(
                "These tests kill and start servers, but the given ones belong to somebody else (POLLUX_HOME is not set). Run them with "
                    + "./pollux test.");
        return await Run(Path.Combine(Repository, "pollux"), arguments, pollux);
    }

    /// <summary>Runs a program to its end and returns its output; if it fails, so does the test.</summary>
    public static async Task<string> Run(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? directory = null,
        double seconds = 180)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Repository,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        using var process = Process.Start(start) ?? throw new XunitException($"{program} does not start.");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                throw new XunitException(
                    $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}\n{await errors}");
            return await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new XunitException($"{program} {string.Join(' ', arguments)} did not end within {seconds} s.");
        }
    }

    /// <summary>What a program says, whether it fails or not.</summary>
    public static async Task<string> Said(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        try
        {
            return await Run(program, arguments, environment);
        }
        catch (XunitException e)
        {
            return e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (containers is not null) await containers.DisposeAsync();
        if (isOurs) await Pollux("servers", "down");
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Messages;
using MassTransit;
using MQTTnet;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Integration.Tests.Running;

/// <summary>
/// ingest, twin-state and query as processes, with their own database and broker session and some registered assets. One per test class or
/// collection of classes, which run one after the other and leave no queues in RabbitMQ.
/// </summary>
public class RunningSystem(Infrastructure infrastructure) : IAsyncLifetime
{
    readonly string run = RandomNumberGenerator.GetHexString(6, lowercase: true);
    readonly Queue<string> unused = new();
    readonly List<ServiceProcess> services = [];
    IBusControl? bus;

    public Infrastructure Servers => infrastructure;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public LogContents Log { get; private set; } = null!;

    public SavedTwins Twins { get; private set; } = null!;

    public ServiceProcess Ingest { get; private set; } = null!;

    public ServiceProcess TwinState { get; private set; } = null!;

    public ServiceProcess Query { get; private set; } = null!;

    /// <summary>The model that <see cref="NextAsset"/> follows.</summary>
    public AssetModel Model { get; private set; } = null!;

    /// <summary>Folder of the asset models.</summary>
    protected virtual string Assets => Infrastructure.ShippedAssets;

    protected virtual string ModelId => "extrusion-line";

    protected virtual int RegisteredAssets => 100;

    /// <summary>
    /// Whether physics follows the machines. A machine whose readings are spread over a day, as tests make them, would cost a minute of
    /// computing for an estimate that nobody looks at.
    /// </summary>
    protected virtual bool Estimates => false;

    /// <summary>Settings for all services.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    /// <summary>Settings for one service.</summary>
    protected virtual IReadOnlyDictionary<string, string> SettingsOf(string service) => new Dictionary<string, string>();

    public string Name => $"{GetType().Name.ToLowerInvariant()}_{run}";

    public virtual async ValueTask InitializeAsync()
    {
        await DeleteQueues();
        await infrastructure.CreateDatabase(Name);
        Database = NpgsqlDataSource.Create(infrastructure.Postgres(Name));
        (Log, Twins) = (new(Database), new(Database));
        await Prepare();
        Model = ReadAssetModel.FromDirectory(Assets).Single(m => m.Id == ModelId);
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(new Uri(infrastructure.RabbitMq)));
        await bus.StartAsync();

        TwinState = Service("twin-state", "TwinState");
        Ingest = Service("ingest", "Ingest");
        Query = Service("query", "Query", new() { ["Ports__Grpc"] = Port() });
        await TwinState.Start();
        for (var i = 1; i <= RegisteredAssets; i++) unused.Enqueue($"{ModelId}-{run}-{i}");
        await Register(ModelId, [.. unused]);
        // Started after the registrations, so that they know the assets from the beginning.
        Ingest.Launch();
        Query.Launch();
        await Ingest.UntilReady();
        await Query.UntilReady();
    }

    /// <summary>Fills the database before any service is started.</summary>
    protected virtual Task Prepare() => Task.CompletedTask;

    static string Port() => ServiceProcess.FreePort().ToString(CultureInfo.InvariantCulture);

    /// <summary>A service that has not been started.</summary>
    public ServiceProcess Service(string name, string project, Dictionary<string, string>? more = null)
    {
        Dictionary<string, string> settings = new()
        {
            ["Ports__Http"] = Port(),
            ["Cluster__Port"] = Port(),
            ["Assets__Directory"] = Assets,
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Ingest__ClientId"] = $"{Name}-0",
            ["Ingest__SharedGroup"] = Name,
            // Tests check saved twins and would wait longer with the default.
            ["TwinState__SaveEverySeconds"] = "1",
            // Whatever a test does to its twins, they are compared with the log meanwhile.
            ["TwinState__CheckEverySeconds"] = "0.2",
            ["TwinState__Estimates"] = Estimates ? "true" : "false",
        };
        foreach (var (key, value) in infrastructure.ConnectionsOf(name, Name)) settings[key] = value;
        foreach (var (key, value) in Settings) settings[key] = value;
        foreach (var (key, value) in SettingsOf(name)) settings[key] = value;
        foreach (var (key, value) in more ?? []) settings[key] = value;
        var service = new ServiceProcess(name, project, settings, Path.Combine(Infrastructure.Logs, $"{Name}.{name}.{services.Count}.log"));
        services.Add(service);
        return service;
    }

    /// <summary>Number of services.</summary>
    internal int Services => services.Count;

    /// <summary>
    /// Stops what a test added, as it would slow down later tests, and restarts what a failed test killed.
    /// </summary>
    /// <param name="before">Number of services before the test.</param>
    internal virtual async Task Leave(int before)
    {
        foreach (var added in services[before..]) await added.DisposeAsync();
        services.RemoveRange(before, services.Count - before);
        if (TestContext.Current.TestState?.Result != TestResult.Failed) return;
        foreach (var killed in services.Where(s => !s.IsRunning)) await killed.Start();
    }

    /// <summary>A registered asset that no other test uses.</summary>
    public string NextAsset() => unused.Dequeue();

    /// <summary>An id that is not registered.</summary>
    public string UnregisteredAsset(string name) => $"{name}-{run}";

    /// <summary>Publishes readings and returns the position of the newest one, once the twin shows them.</summary>
    public async Task<long> Store(string asset, params Reading[] readings)
    {
        var expected = (await Log.Readings(asset)).Count + readings.Length;
        await using var device = await Device.Connect(Servers.Mqtt);
        foreach (var pack in readings.Chunk(100)) await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Model, pack));
        await Eventually.Get(
            $"{readings.Length} readings of {asset} are stored", async () => (await Log.Readings(asset)).Count, count => count == expected);
        await Eventually.Get(
            "the twin has seen them", () => Get($"/api/v1/twins/{asset}"), twin => (long)twin["readings"]! == expected);
        return (long)(await Get($"/api/v1/twins/{asset}"))["position"]!;
    }

    /// <summary>Sends a command to one of a service's queues.</summary>
    public Task Send<T>(string queue, T command)
        where T : class => bus!.SendTo(queue, command);

    /// <summary>The answer of the REST API; anything but success fails.</summary>
    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await Query.Http.GetStringAsync(path))!;

    /// <summary>Registers assets and waits until they are in the log.</summary>
    public async Task Register(string modelId, params string[] assetIds)
    {
        await Parallel.ForEachAsync(assetIds, async (assetId, _) => await Eventually.Is($"{assetId} is registered", async () =>
        {
            if ((await Log.Events<AssetRegistered>(Streams.Asset(assetId))).Count > 0) return true;
            // Until twin-state has bound its queues, messages are dropped; sending too many does no harm.
            await Send(QueueNames.Registrations, new RegisterAsset(assetId, null, modelId));
            return false;
        }));
    }

    /// <summary>Rebuilds a twin from the log, like the operators' command, and returns the outcome.</summary>
    public async Task<TwinRebuilt> Rebuild(string assetId)
    {
        var before = (await Log.Events<TwinRebuilt>(Streams.Twin(assetId))).Count;
        await Send(QueueNames.TwinCommands, new RebuildTwin(assetId));
        return (await Eventually.Get(
            $"the twin of {assetId} is rebuilt", () => Log.Events<TwinRebuilt>(Streams.Twin(assetId)), events => events.Count > before,
            events => $"{events.Count} rebuilds", Commands))[^1];
    }

    /// <summary>How many receive from a queue.</summary>
    public Task<uint> Receivers(string queue) => AskRabbitMq(channel => channel.ConsumerCountAsync(queue));

    /// <summary>What became of the commands that were sent to twin-state, for a failure's message.</summary>
    async Task<string> Commands()
    {
        return string.Join("; ", await OrReason(Waiting), await OrReason(Received), await OrReason(Failed));

        Task<string> Waiting() => AskRabbitMq(async channel =>
        {
            var queue = await channel.QueueDeclarePassiveAsync(QueueNames.TwinCommands);
            return $"{queue.QueueName}: {queue.ConsumerCount} receivers, {queue.MessageCount} messages wait";
        });

        async Task<string> Received() => string.Join(", ", (await TwinState.Http.GetStringAsync("/metrics")).Split('\n')
            .Where(l => l.StartsWith("messaging_masstransit_consume_", StringComparison.Ordinal)
                && l.Contains("_ea_total{", StringComparison.Ordinal) && l.Contains("twin-state_commands", StringComparison.Ordinal))
            .GroupBy(
                l => l["messaging_masstransit_".Length..l.IndexOf("_ea_total{", StringComparison.Ordinal)],
                l => double.Parse(l[(l.LastIndexOf('}') + 1)..].Split(' ')[1], CultureInfo.InvariantCulture))
            .Select(metric => $"{metric.Key} {metric.Sum()}"));

        Task<string> Failed() => AskRabbitMq(async channel =>
            await channel.BasicGetAsync(QueueNames.TwinCommands + QueueNames.ErrorSuffix, autoAck: false) is { } first
                ? $"{first.MessageCount + 1} failed: {Encoding.UTF8.GetString((byte[])first.BasicProperties.Headers!["MT-Fault-Message"]!)}"
                : "none failed");

        static async Task<string> OrReason(Func<Task<string>> read)
        {
            try
            {
                return await read();
            }
            catch (Exception e)
            {
                // It must not hide what failed. Without a queue of failed messages, none has failed.
                return e is OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotFound } ? "none" : e.Message;
            }
        }
    }

    async Task<T> AskRabbitMq<T>(Func<IChannel, Task<T>> ask)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(infrastructure.RabbitMq) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await ask(channel);
    }

    /// <summary>The last warnings and errors of each service, or its last lines if there are none.</summary>
    public string LogTails(int lines = 15) => string.Join("\n", services.Where(s => File.Exists(s.LogFile)).Select(service =>
    {
        var (all, notable) = Entries(service);
        var shown = (notable.Count > 0 ? notable : all).TakeLast(lines).Select(l => Start(l, 600));
        return $"--- {service.Name} ({service.LogFile}{(service.IsRunning ? "" : ", not running")})\n{string.Join("\n", shown)}";
    }));

    /// <summary>The last warnings of each service, in lines that <c>./pollux test</c> repeats at its end.</summary>
    public string LastWarnings(int lines = 3) => string.Join("\n", services.Where(s => File.Exists(s.LogFile)).SelectMany(service =>
        Entries(service).Notable.TakeLast(lines).Select(l =>
        {
            var entry = JsonNode.Parse(l)!;
            var (message, exception) = ((string)entry["Message"]!, (string?)entry["Exception"]);
            return $"last of {service.Name}: {(string)entry["Timestamp"]!} {Start(message, 90)} {Start(exception ?? "", 60)}";
        })));

    static string Start(string text, int length) => (text.Length > length ? $"{text[..length]}…" : text).ReplaceLineEndings(" ");

    static (List<string> All, List<string> Notable) Entries(ServiceProcess service)
    {
        // Skips what is not a log entry, such as the list of assemblies printed at start-up.
        var all = File.ReadLines(service.LogFile).Where(l => l.StartsWith('{') && l.EndsWith('}')).ToList();
        return (all, [.. all.Where(l => !l.Contains("\"LogLevel\":\"Information\"", StringComparison.Ordinal))]);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var service in services) await service.DisposeAsync();
        if (bus is not null) await bus.StopAsync();
        if (Database is not null) await Database.DisposeAsync();
        foreach (var replica in new[] { $"pollux-{Name}-0", $"pollux-{Name}-1" }) await EndSession(replica);
        await DeleteQueues();
        await infrastructure.DropDatabase(Name);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Ends a session that the broker keeps for an absent replica; it would fill up with the messages of all later tests.
    /// </summary>
    async Task EndSession(string clientId)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithBroker(infrastructure.Mqtt)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithClientId(clientId).WithCleanStart()
                .WithSessionExpiryInterval(0).Build());
        await client.DisconnectAsync();
    }

    /// <summary>Deletes queues: messages about another class's assets would only be noise.</summary>
    async Task DeleteQueues()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(infrastructure.RabbitMq) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in QueueNames.All)
        {
            foreach (var suffix in new[] { "", QueueNames.ErrorSuffix, "_skipped" }) await channel.QueueDeleteAsync(queue + suffix);
        }
    }
}

/// <summary>A test on a running system: shows the services' logs if it fails, and stops what it started.</summary>
public abstract class SystemTest<T>(T system) : IAsyncDisposable
    where T : RunningSystem
{
    readonly int before = system.Services;

    protected T Pollux { get; } = system;

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine($"{Pollux.LastWarnings()}\n{Pollux.LogTails()}");
        await Pollux.Leave(before);
        GC.SuppressFinalize(this);
    }
}

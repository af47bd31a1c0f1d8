using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Tests.Running;

namespace Integration.Tests;

/// <summary>Third-party clients: Mosquitto's command line and packages from npm.</summary>
[Collection<OnOneSystem>]
public class ForeignClientTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    static readonly string Clients = Path.Combine(Infrastructure.Repository, "artifacts", "foreign");
    static readonly Lazy<Task> Installed = new(Install);

    [Fact]
    public async Task Mosquitto_pub_publishes_a_plain_value_and_a_senml_pack()
    {
        var asset = Pollux.NextAsset();
        var mqtt = Pollux.Servers.Mqtt;
        string[] account = mqtt.UserInfo.Split(':') is [{ Length: > 0 } user, var secret] ? ["-u", user, "-P", secret] : [];
        foreach (var (topic, payload) in new[]
        {
            ($"pollux/{asset}/sensors/melt-pressure", "88.5"),
            ($"pollux/{asset}/senml", """[{"n":"melt-temperature","u":"Cel","v":201.5}]"""),
        })
            await Infrastructure.Run(
                MosquittoPub(), ["-h", mqtt.Host, "-p", mqtt.Port.ToString(CultureInfo.InvariantCulture), .. account, "-V", "5", "-q", "1",
                    "-t", topic, "-m", payload]);
        await AssertShown(asset, ("melt-pressure", 88.5), ("melt-temperature", 201.5));
    }

    static string MosquittoPub() =>
        new[] { Environment.GetEnvironmentVariable("MOSQUITTO_PUB"), "/usr/bin/mosquitto_pub", "/usr/local/bin/mosquitto_pub" }
        .FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                "mosquitto_pub is not on this machine; './pollux test' fetches it, and it is in the Debian package mosquitto-clients.");

    [Fact]
    public async Task The_npm_package_mqtt_publishes_senml()
    {
        var asset = Pollux.NextAsset();
        await Node("publish-mqtt.mjs", Pollux.Servers.Mqtt.OriginalString, $"pollux/{asset}/senml",
            """[{"n":"melt-temperature","v":202.5},{"n":"screw-speed","v":60}]""");
        await AssertShown(asset, ("melt-temperature", 202.5), ("screw-speed", 60));
    }

    [Fact]
    public async Task The_npm_package_sparkplug_client_publishes_a_birth_and_data()
    {
        var asset = Pollux.NextAsset();
        await Node("publish-sparkplug.mjs", Pollux.Servers.Mqtt.OriginalString, $"node-of-{asset}", asset, "Die/Melt Temperature", "203.5",
            "204.5");
        await AssertShown(asset, ("melt-temperature", 204.5));
    }

    [Fact]
    public async Task The_npm_package_grpc_js_reads_a_twin()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(Samples.SenmlTopic(asset), """[{"n":"melt-temperature","v":205.5}]""");
        await AssertShown(asset, ("melt-temperature", 205.5));
        var twin = JsonNode.Parse(
            await Node("read-grpc.mjs", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Pollux.Query.GrpcPort}"),
                Path.Combine(Infrastructure.Repository, "contracts", "proto"), asset))!;
        Assert.Equal(asset, (string)twin["assetId"]!);
        Assert.Equal(205.5, (double)twin["sensors"]!.AsArray().Single(s => (string)s!["id"]! == "melt-temperature")!["value"]!);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("ingest")]
    public async Task The_npm_package_redocly_cli_finds_nothing_wrong_with_the_reference(string service)
    {
        var file = Path.Combine(Clients, $"{service}.openapi.json");
        var cancel = TestContext.Current.CancellationToken;
        var cli = await Package("@redocly/cli", "bin/cli.js");
        await File.WriteAllTextAsync(
            file, await (service == "query" ? Pollux.Query : Pollux.Ingest).Http.GetStringAsync("/openapi/v1.json", cancel), cancel);
        var found = JsonNode.Parse(await Infrastructure.Run(
            "node", [cli, "lint", file, "--format=json"],
            new Dictionary<string, string> { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true" }, Clients))!;
        Assert.Equal((0, 0), ((int)found["totals"]!["errors"]!, (int)found["totals"]!["warnings"]!));
    }

    async Task AssertShown(string asset, params (string Sensor, double Value)[] expected) => await Eventually.Get(
        $"the twin of {asset} shows {string.Join(", ", expected)}",
        async () => (await Pollux.Get($"/api/v1/twins/{asset}"))["sensors"]!.AsArray().Where(s => s!["value"] is not null)
            .Select(s => ((string)s!["id"]!, (double)s["value"]!)).ToHashSet(),
        shown => shown.SetEquals(expected), show: shown => string.Join(", ", shown));

    /// <summary>Runs a script from the folder foreign.</summary>
    internal static async Task<string> Node(string script, params string[] arguments)
    {
        await Installed.Value;
        return await Infrastructure.Run("node", [Path.Combine(Clients, script), .. arguments], directory: Clients);
    }

    /// <summary>A file of one of the packages.</summary>
    internal static async Task<string> Package(string name, string file)
    {
        await Installed.Value;
        return Path.Combine(Clients, "node_modules", name, file);
    }

    // The tests of pages run in a process beside the others, and npm ci begins by deleting the packages: whoever comes second waits, then
    // finds them there.
    static async Task Install()
    {
        Directory.CreateDirectory(Clients);
        await using var turn = await Eventually.Get(
            "no other process installs packages",
            () => Task.FromResult(new FileStream(Path.Combine(Clients, "turn"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None)),
            _ => true);
        var files = Directory.GetFiles(Path.Combine(Infrastructure.Repository, "tests", "Integration.Tests", "foreign")).Order().ToArray();
        var wanted = string.Concat(files.Select(File.ReadAllText));
        var stamp = Path.Combine(Clients, "installed");
        if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp) != wanted)
        {
            foreach (var file in files)
                File.Copy(file, Path.Combine(Clients, Path.GetFileName(file)), overwrite: true);
            await Infrastructure.Run(
                "npm", ["ci", "--prefix", Clients, "--no-audit", "--no-fund", "--loglevel", "error"], directory: Clients);
            await File.WriteAllTextAsync(stamp, wanted);
        }
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Tests.Running;
using Microsoft.Playwright;

namespace Integration.Tests.Dashboard;

/// <summary>A system with its dashboard, and a browser.</summary>
public class DashboardSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    readonly ConcurrentQueue<string> refused = new();
    IPlaywright? playwright;

    protected override bool Estimates => true;

    public ServiceProcess Dashboard { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    public static string Screenshots => Path.Combine(Infrastructure.Repository, "artifacts", "screenshots");

    static string Chromium =>
        new[]
        {
            Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
        }.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException(
            "There is no Chromium on this machine; './pollux test' fetches it, and it is in the Debian package chromium.");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Dashboard = DashboardOf($"http://127.0.0.1:{Query.GrpcPort}");
        await Dashboard.Start();
        Assertions.SetDefaultExpectTimeout((float)Eventually.PatienceSeconds * 1_000);
        await StartBrowser();
        Directory.CreateDirectory(Screenshots);
    }

    async Task StartBrowser()
    {
        playwright?.Dispose();
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Headless = true,
            // In a container, shared memory is often 64 MB, in which a screenshot of a long page can end the browser.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-precise-memory-info"],
        });
    }

    /// <summary>A dashboard that has not been started.</summary>
    public ServiceProcess DashboardOf(string query) => Service("dashboard", "Dashboard", new() { ["Dashboard__Query"] = query });

    /// <summary>A page in its own browser context, as an operator in Berlin sees it.</summary>
    public async Task<IPage> Open(string path, bool dark = false, ServiceProcess? dashboard = null, int width = 1440, int height = 900)
    {
        // A browser that ended fails the test that it ended in, not all that follow.
        if (!Browser.IsConnected) await StartBrowser();
        var context = await Browser.NewContextAsync(new()
        {
            BaseURL = (dashboard ?? Dashboard).Http.BaseAddress!.ToString(),
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            TimezoneId = "Europe/Berlin",
            ViewportSize = new() { Width = width, Height = height },
        });
        context.SetDefaultTimeout((float)Eventually.PatienceSeconds * 1_000);
        var page = await context.NewPageAsync();
        // Chromium says in its console what a content security policy kept from loading or running.
        page.Console += (_, said) =>
        {
            if (said.Text.Contains("Content Security Policy", StringComparison.Ordinal)) refused.Enqueue($"{page.Url}: {said.Text}");
        };
        await page.GotoAsync(path);
        await page.Locator("h1").First.WaitForAsync();
        return page;
    }

    protected override string Assets => Infrastructure.AssetsWithBarePump;

    /// <summary>A machine whose model has only sensors.</summary>
    public async Task<string> RegisterBarePump()
    {
        var asset = UnregisteredAsset($"pump-{Guid.NewGuid():N}"[..12]);
        await Register("pump-sensors", asset);
        await Eventually.Get("query knows it", () => Get($"/api/v1/assets/{asset}"), _ => true);
        return asset;
    }

    /// <summary>The value that the page shows for a sensor.</summary>
    public static ILocator Value(IPage page, string sensor) => page.Locator($"text[data-sensor='{sensor}']");

    /// <summary>Publishes values with their sample times.</summary>
    internal static Task Publish(Device device, string asset, params (string Sensor, double Value, DateTimeOffset At)[] values) =>
        device.Publish(Samples.SenmlTopic(asset), JsonSerializer.Serialize(values.Select(v => new
        {
            n = v.Sensor,
            v = v.Value,
            t = v.At.ToUnixTimeMilliseconds() / 1000.0,
        })));

    internal override async Task Leave(int before)
    {
        // Open pages would keep drawing whatever arrives.
        if (Browser.IsConnected)
        {
            foreach (var context in Browser.Contexts.ToList()) await context.CloseAsync();
        }
        await base.Leave(before);
        string[] said = [.. refused.Distinct()];
        refused.Clear();
        Assert.True(said.Length == 0, string.Join('\n', said));
    }

    public override async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        playwright?.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A dashboard system with simulation, for what-ifs and decisions.</summary>
public class AnsweringDashboard(Infrastructure infrastructure) : DashboardSystem(infrastructure)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Service("simulation", "Simulation").Start();
    }

    /// <summary>A machine that has reported the inputs it runs at.</summary>
    public async Task<string> WarmMachine()
    {
        var asset = NextAsset();
        await using var device = await Device.Connect(Servers.Mqtt);
        var now = TimeProvider.System.GetUtcNow();
        await Publish(device, asset,
            [("screw-speed", 80, now), .. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-set-point", 150.0 + 10 * z, now))]);
        await Eventually.Get("the inputs are stored", () => Log.Readings(asset), readings => readings.Count == 6);
        return asset;
    }
}

/// <summary>A machine whose readings fit its physics, so that it has an estimate.</summary>
sealed class EstimatedMachine : IAsyncDisposable
{
    // A new estimate with every tick of the model, one tick after its end.
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);
    static readonly double[] SetPoints = [160, 180, 190, 200, 200];

    readonly RunningSystem system;
    readonly Device device;
    DateTimeOffset next;

    EstimatedMachine(RunningSystem system, Device device, string asset, DateTimeOffset start) =>
        (this.system, this.device, Id, next) = (system, device, asset, start);

    public string Id { get; }

    /// <summary>A machine that has run for a while, up to two minutes ago.</summary>
    public static async Task<EstimatedMachine> Run(RunningSystem system, string asset)
    {
        var now = TimeProvider.System.GetUtcNow();
        var machine = new EstimatedMachine(
            system, await Device.Connect(system.Servers.Mqtt), asset,
            new(now.Ticks - now.Ticks % Tick.Ticks - 30 * Tick.Ticks, TimeSpan.Zero));
        await machine.Run(ticks: 18);
        return machine;
    }

    /// <summary>Runs on; waits for the estimate that follows from it.</summary>
    /// <param name="ticks">For how long.</param>
    /// <param name="zone2">What the thermocouple of zone 2 shows too much, K.</param>
    public async Task<JsonNode> Run(int ticks, double zone2 = 0)
    {
        var end = next + ticks * Tick;
        for (; next < end; next += TimeSpan.FromSeconds(2))
        {
            var wave = Math.Sin(next.ToUnixTimeSeconds() / 3.0);
            await DashboardSystem.Publish(device, Id,
            [
                .. SetPoints.Select((t, i) => ($"zone-{i + 1}-set-point", t, next)),
                .. SetPoints.Select((t, i) => ($"zone-{i + 1}-temperature", t + 0.1 * wave + (i == 1 ? zone2 : 0), next)),
                ("screw-speed", 80, next), ("melt-temperature", 239.5 + 0.2 * wave, next), ("melt-pressure", 80.2 + 0.2 * wave, next),
                ("melt-flow", 50.9 + 0.1 * wave, next), ("motor-power", 9.48 + 0.02 * wave, next),
                ("heater-power", 3.24 + 0.02 * wave, next),
            ]);
        }
        var last = end - 2 * Tick;
        return await Eventually.Get(
            "the estimate follows the readings", () => system.Get($"/api/v1/twins/{Id}"),
            twin => twin["estimate"] is { } estimate && (DateTimeOffset)estimate["at"]! >= last,
            twin => $"{twin["estimate"]?["at"]}, wanted {last:O}");
    }

    public ValueTask DisposeAsync() => device.DisposeAsync();
}

/// <summary>A dashboard system with a thousand machines.</summary>
public sealed class FleetSystem(Infrastructure infrastructure) : DashboardSystem(infrastructure)
{
    public const int Machines = 1_000;

    protected override int RegisteredAssets => 10;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Parallel.ForEachAsync(Enumerable.Range(1, Machines - RegisteredAssets), new ParallelOptions
        {
            MaxDegreeOfParallelism = 16,
        }, async (i, cancel) =>
        {
            using var body = JsonContent("""{"model":"extrusion-line"}""");
            using var answer = await Query.Http.PutAsync($"/api/v1/assets/{UnregisteredAsset("line")}-{i}", body, cancel);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancel));
        });
    }

    static StringContent JsonContent(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}

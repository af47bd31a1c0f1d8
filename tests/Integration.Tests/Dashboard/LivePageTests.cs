using System.Diagnostics;
using System.Globalization;
using Integration.Tests.Running;
using MathNet.Numerics.Statistics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>A system that publishes changes as fast as a browser can take them.</summary>
public sealed class HurriedDashboard(Infrastructure infrastructure) : DashboardSystem(infrastructure)
{
    protected override IReadOnlyDictionary<string, string> SettingsOf(string service) =>
        service == "twin-state" ? new Dictionary<string, string> { ["TwinState__ShowEveryMilliseconds"] = "50" } : base.SettingsOf(service);
}

/// <summary>Pages that stay open for a long time.</summary>
public class LivePageTests(HurriedDashboard system) : SystemTest<HurriedDashboard>(system), IClassFixture<HurriedDashboard>
{
    const int Rounds = 8;
    const int FramesPerRound = 300;
    // The next frames are sent once the page has drawn one of these: as many as it can take, and more than it draws.
    const int FramesPerRedraw = 50;

    // Several times what passes until the chart is fetched again, since memory released then is what is tested.
    static readonly TimeSpan ShortestRound = TimeSpan.FromSeconds(10);

    // Six seconds above the limit, six below, so that the alarm and its history are redrawn too.
    static readonly TimeSpan AlarmEvery = TimeSpan.FromSeconds(12);

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Measured after a forced collection; nodes exclude those that come and go with alarms and readings.</summary>
    sealed record Held(double HeapMegabytes, double Nodes, double Listeners)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{HeapMegabytes:0.0} MB, {Nodes:0} nodes, {Listeners:0} listeners");
    }

    [Fact]
    public async Task The_frames_of_two_hours_leave_the_memory_flat()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 205, Now));
        var machine = await Pollux.Open($"/machines/{asset}");
        await machine.GetByRole(AriaRole.Group, new() { Name = "Time range", Exact = true }).GetByText("5 min").ClickAsync();
        await Expect(DashboardSystem.Value(machine, "melt-temperature")).ToHaveTextAsync("205.0\u00a0°C");
        await Count(machine, "text[data-sensor='melt-temperature']");
        var fleet = await Pollux.Open("/");
        await Expect(fleet.Locator($"tr[data-asset='{asset}']")).ToBeVisibleAsync();
        // Rows are reused when an alarm moves a machine, so every change in the list counts.
        await Count(fleet, "[data-testid='fleet-rows']");
        var (machineProtocol, fleetProtocol) = (
            await machine.Context.NewCDPSessionAsync(machine), await fleet.Context.NewCDPSessionAsync(fleet));

        List<Held> machines = [], fleets = [];
        List<double> processes = [], managed = [];
        var (started, number, drawn, sampled) = (Stopwatch.GetTimestamp(), 0, 0, 0L);
        for (var round = 1; round <= Rounds; round++)
        {
            for (; number < round * FramesPerRound; number++)
            {
                if (number % FramesPerRedraw == 0)
                {
                    // The page has drawn at least one of the last frames.
                    if (number > 0)
                        await Eventually.Get(
                            "the page draws a frame", async () => (Count: await Changes(machine), Shown: await Shown(machine, asset)),
                            page => page.Count > drawn, page => page.Shown);
                    drawn = await Changes(machine);
                }
                // Sampled when sent: older samples would be history, which a live chart does not draw.
                var now = Now;
                // Of two values sampled in one millisecond the second is refused, and what is left may look like what was drawn before.
                for (; now.ToUnixTimeMilliseconds() <= sampled; now = Now) await Task.Delay(1, TestContext.Current.CancellationToken);
                sampled = now.ToUnixTimeMilliseconds();
                var isHigh = now.UtcTicks % AlarmEvery.Ticks < AlarmEvery.Ticks / 2;
                await DashboardSystem.Publish(
                    device, asset, [.. Pollux.Model.Sensors.Take(12)
                        .Select(s => (s.Id, s.Id == "melt-pressure" && isHigh ? 210 : 60 + Math.Round(number % 109 * 0.1, 1), now))]);
            }
            var left = round * ShortestRound - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero) await Task.Delay(left, TestContext.Current.CancellationToken);
            machines.Add(await Collect(machine, machineProtocol));
            fleets.Add(await Collect(fleet, fleetProtocol));
            processes.Add(Pollux.Dashboard.MemoryBytes / 1e6);
            managed.Add(await Pollux.Dashboard.Metric("dotnet_gc_last_collection_heap_size_bytes") / 1e6);
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var (redraws, fleetRedraws) = (await Changes(machine), await Changes(fleet));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"""
            {number} frames of 12 values in {seconds:0} s; redraws: machine {redraws}, fleet {fleetRedraws}
            machine: {string.Join(" | ", machines)}
            fleet: {string.Join(" | ", fleets)}
            dashboard: {string.Join(", ", processes.Select(m => m.ToString("0", CultureInfo.InvariantCulture)))} MB, managed {string.Join(", ", managed.Select(m => m.ToString("0.0", CultureInfo.InvariantCulture)))} MB
            """));
        Assert.True(redraws > 100 && fleetRedraws > 30, $"only {redraws} and {fleetRedraws} redraws");
        Flat("the machine page's heap, MB", machines.Select(h => h.HeapMegabytes), 6);
        Flat("the machine page's nodes", machines.Select(h => h.Nodes), 400);
        Flat("the machine page's listeners", machines.Select(h => h.Listeners), 200);
        Flat("the fleet page's heap, MB", fleets.Select(h => h.HeapMegabytes), 3);
        Flat("the fleet page's nodes", fleets.Select(h => h.Nodes), 200);
        Flat("the fleet page's listeners", fleets.Select(h => h.Listeners), 100);
        Flat("the dashboard's memory, MB", processes, 30);
        await Eventually.Get(
            "the dots of new readings are let go", () => machine.Locator(".trends path.point").CountAsync(), dots => dots == 0);
    }

    /// <summary>
    /// Asserts that the median of the second half exceeds that of the first by no more than the allowance. What a chart that was just drawn
    /// anew has not let go yet is no growth.
    /// </summary>
    static void Flat(string what, IEnumerable<double> measured, double allowance)
    {
        var all = measured.ToList();
        var (before, after) = (all.Take(all.Count / 2).Median(), all.Skip(all.Count / 2).Median());
        Assert.True(after <= before + allowance,
            string.Create(CultureInfo.InvariantCulture,
                $"{what} grew from {before:0.0} to {after:0.0}: "
                    + $"{string.Join(", ", all.Select(v => v.ToString("0.0", CultureInfo.InvariantCulture)))}"));
    }

    static Task<int> Changes(IPage page) => page.EvaluateAsync<int>("() => window.changes");

    // The whole page is observed, as the renderer may put a new element in the place of the observed one.
    static Task Count(IPage page, string selector) => page.EvaluateAsync(
        """
        selector => {
          window.changes = 0;
          const isMeant = node => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(selector);
          const isNew = node => node.nodeType === Node.ELEMENT_NODE && (node.matches(selector) || node.querySelector(selector));
          const isChange = record => isMeant(record.target) || [...record.addedNodes].some(isNew);
          const observer = new MutationObserver(records => { if (records.some(isChange)) window.changes++; });
          observer.observe(document.body, { childList: true, characterData: true, subtree: true });
        }
        """, selector);

    /// <summary>What the page shows and what the API says, for the failure message of a page that stands still.</summary>
    async Task<string> Shown(IPage page, string asset)
    {
        var text = await page.EvaluateAsync<string>(
            """
            () => [
              document.querySelector("[data-testid='newest']")?.textContent,
              document.querySelector("#components-reconnect-modal")?.className,
              document.querySelector("text[data-sensor='melt-temperature']")?.textContent,
            ].join(" | ")
            """);
        var twin = await Pollux.Get($"/api/v1/twins/{asset}");
        return $"{await Changes(page)} redraws; page: {text}; query: position {twin["position"]}, newest {twin["sampledAt"]}; time {Now:O}";
    }

    // Nodes that are expected to grow: the alarm list, by every alarm up to a hundred, and the dots of new readings until the chart is
    // fetched again.
    const string NodesThatCome = """
        () => {
          const list = document.querySelector(".alarms");
          if (!list) return 0;
          const walker = document.createTreeWalker(list);
          let nodes = document.querySelectorAll(".trends path.point").length;
          while (walker.nextNode()) nodes++;
          return nodes;
        }
        """;

    static async Task<Held> Collect(IPage page, ICDPSession protocol)
    {
        await protocol.SendAsync("Performance.enable");
        await protocol.SendAsync("HeapProfiler.collectGarbage");
        var metrics = (await protocol.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("value").GetDouble());
        return new(metrics["JSHeapUsedSize"] / 1e6, metrics["Nodes"] - await page.EvaluateAsync<int>(NodesThatCome),
            metrics["JSEventListeners"]);
    }
}

using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using TwinModel.Telemetry;

namespace Benchmarks.Load;

/// <summary>The dashboard in headless Chromium: first screen, and scrolling and filtering a fleet of 1 000 machines.</summary>
static class DashboardBenchmark
{
    const int Machines = 1_000;
    const int Loads = 12;
    const int Steps = 100;

    // Baseline for the browser itself: a static page with the same number of table rows, scrolled in the same way.
    const string StaticFleet = """
        <!doctype html><title>static</title><style>.fleet { height: 720px; overflow: auto } table { border-collapse: collapse } td { height: 41px; box-sizing: border-box }</style>
        <h1>static</h1><p class="page-head"><span class="sub"></span></p><div class="fleet"><table><tbody data-testid="fleet-rows">{rows}</tbody></table></div>
        """;

    sealed record Measured(int FailedAt, double[] Times);

    public static async Task Run(Settings settings, CancellationToken cancel)
    {
        Report.Title($"dashboard: headless Chromium, everything on this machine ({Environment.ProcessorCount} cores)");
        await using var system = await RunningSystem.Start(settings, cancel);
        var assets = Enumerable.Range(0, Machines).Select(i => $"line-{i}").ToArray();
        await system.Register(assets, cancel);
        await using var publisher = await Publisher.Connect(settings.Mqtt, cancel);
        await Publish(publisher, assets, seconds: 1, cancel);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM"),
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        });
        var rows = string.Concat(
            assets.Select(a => string.Create(
                CultureInfo.InvariantCulture,
                $"<tr data-asset=\"{a}\"><td>{a}</td><td>extrusion-line</td><td>none</td><td>–</td><td>now</td><td>1 2 3</td></tr>")));
        await using var bare = await BareEndpoint.Start(
            System.Text.Encoding.UTF8.GetBytes(StaticFleet.Replace("{rows}", rows, StringComparison.Ordinal)), "text/html; charset=utf-8",
            cancel);

        await FirstScreen("bare: the static page of the baseline", browser, bare.HttpAddress, "tr[data-asset]");
        await FirstScreen("fleet, machines listed", browser, system.Addresses["dashboard"], "tr[data-asset]", goal: 2_000);
        await FirstScreen(
            "machine, drawn with live values", browser, $"{system.Addresses["dashboard"]}/machines/{assets[0]}",
            "text[data-sensor='melt-pressure']", goal: 2_000);

        await PublishToPage(browser, system.Addresses["dashboard"], publisher, assets[0], cancel);

        var steps = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "fleet-steps.js"), cancel);
        var still = await (await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } })).NewPageAsync();
        await still.GotoAsync(bare.HttpAddress);
        await Measure("bare: jump in the static page", still, steps, "jump", goal: null);
        var page = await (await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } })).NewPageAsync();
        await page.GotoAsync(system.Addresses["dashboard"]);
        await page.Locator("tr[data-asset]").First.WaitForAsync();
        foreach (var isLive in new[] { false, true })
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var publishing = isLive ? Publish(publisher, assets, 3_600, stop.Token) : Task.CompletedTask;
            if (isLive) await Task.Delay(TimeSpan.FromSeconds(5), cancel);
            var arriving = isLive ? $"{Machines:N0} x {Publisher.ReadingsPerFrame} readings a second arriving" : "nothing arriving";
            foreach (var act in new[] { "scroll", "jump", "filter" }) await Measure($"{act}, {arriving}", page, steps, act, goal: 100);
            await stop.CancelAsync();
            await publishing.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Milliseconds from the request until an element appears, each time in a browser context without cache.</summary>
    static async Task FirstScreen(string what, IBrowser browser, string address, string element, double? goal = null)
    {
        List<double> times = [];
        for (var i = 0; i < Loads; i++)
        {
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
            var page = await context.NewPageAsync();
            await page.AddInitScriptAsync($$"""
                new MutationObserver((_, self) => { if (document.querySelector("{{element}}")) { self.disconnect(); requestAnimationFrame(() => window.shownAt = performance.now()); } })
                  .observe(document, { childList: true, subtree: true });
                """);
            await page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit });
            await page.WaitForFunctionAsync("window.shownAt");
            // The first load after a start includes JIT compilation; it is what the first user sees, so it is reported with the others.
            times.Add(await page.EvaluateAsync<double>("window.shownAt"));
            // Navigates away, so that the server is notified; if the browser just vanished, the server would keep its circuit for a while.
            await page.GotoAsync("about:blank");
        }
        Report.Figure($"  first screen: {what}: the very first", times[0], "ms");
        var p50 = Report.Percentile(times, 0.5);
        if (goal is { } most) Report.Goal("    p50", p50, "ms", most, isAtLeast: false, "N0");
        else Report.Figure("    p50", p50, "ms");
        Report.Figure("    p95", Report.Percentile(times, 0.95), "ms");
    }

    /// <summary>Time from publishing to the changed text in the browser; both use the same machine's clock.</summary>
    static async Task PublishToPage(IBrowser browser, string dashboard, Publisher publisher, string asset, CancellationToken cancel)
    {
        var page = await (await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } })).NewPageAsync();
        await page.GotoAsync($"{dashboard}/machines/{asset}");
        await page.WaitForFunctionAsync("document.querySelector(\"text[data-sensor='melt-temperature']\")?.textContent.includes('°C')");
        await page.EvaluateAsync("""
            () => {
              const node = document.querySelector("text[data-sensor='melt-temperature']");
              window.seen = {};
              new MutationObserver(() => window.seen[node.textContent] ??= Date.now()).observe(node, { childList: true, characterData: true, subtree: true });
            }
            """);
        List<double> latencies = [];
        for (var i = 1; i <= Steps; i++)
        {
            var (value, published) = (200 + i * 0.5, DateTimeOffset.UtcNow);
            var frame = JsonSerializer.SerializeToUtf8Bytes(new[]
            {
                new { n = "melt-temperature", v = value, t = published.ToUnixTimeMilliseconds() / 1000.0 },
            });
            await publisher.Publish($"pollux/{asset}/senml", 0, frame, cancel);
            var seen = await page.WaitForFunctionAsync(
                "text => window.seen[text]", string.Create(CultureInfo.InvariantCulture, $"{value:0.0}\u00a0°C"),
                new() { PollingInterval = 20 });
            latencies.Add(await seen.JsonValueAsync<double>() - published.ToUnixTimeMilliseconds());
            // Avoids locking step with the ten updates a second that query receives.
            await Task.Delay(300 + i * 7 % 100, cancel);
        }
        Report.Figure("  publish to value on the page: p50", Report.Percentile(latencies, 0.5), "ms");
        Report.Goal("      p95", Report.Percentile(latencies, 0.95), "ms", 500, isAtLeast: false, "N0");
        await page.CloseAsync();
    }

    static async Task Measure(string what, IPage page, string steps, string act, double? goal)
    {
        await page.EvaluateAsync<JsonElement>(steps, new { act, count = 10 });
        var measured = (await page.EvaluateAsync<JsonElement>(steps, new { act, count = Steps }))
            .Deserialize<Measured>(JsonSerializerOptions.Web)!;
        if (measured.FailedAt >= 0) throw new TimeoutException($"{what}: no answer to step {measured.FailedAt} within 5 s.");
        var times = measured.Times.ToList();
        Report.Figure($"  {what}: p50", Report.Percentile(times, 0.5), "ms");
        if (goal is { } most) Report.Goal("      p95", Report.Percentile(times, 0.95), "ms", most, isAtLeast: false, "N0");
        else Report.Figure("      p95", Report.Percentile(times, 0.95), "ms");
        Report.Figure("      longest", times[^1], "ms");
    }

    static async Task Publish(Publisher publisher, string[] assets, int seconds, CancellationToken cancel)
    {
        var noise = new Random(5);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0L; i < (long)seconds * assets.Length; i++)
        {
            var early = (double)i / assets.Length - System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (early > 0.002) await Task.Delay(TimeSpan.FromSeconds(early), cancel);
            var asset = (int)(i % assets.Length);
            await publisher.Publish(
                $"pollux/{assets[asset]}/senml", asset, Publisher.Frame(Micros.From(DateTimeOffset.UtcNow), noise), cancel);
        }
    }
}

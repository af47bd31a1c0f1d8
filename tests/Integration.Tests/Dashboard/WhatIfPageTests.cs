using System.Text.Json;
using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>What-ifs in a browser, from the click to the answer.</summary>
public class WhatIfPageTests(WhatIfSystem system) : SystemTest<WhatIfSystem>(system), IClassFixture<WhatIfSystem>
{
    static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 60_000 };

    [Fact]
    public async Task Fifteen_percent_more_rate_from_click_to_answer()
    {
        var asset = await WarmMachine();
        var page = await Pollux.Open($"/what-if?asset={asset}");
        await page.GetByRole(AriaRole.Button, new() { Name = "+15 % rate", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("sentence")).ToContainTextAsync("Production rate +15\u00a0%");
        await page.GetByTestId("mode").SelectOptionAsync("transient");
        await Expect(page.GetByTestId("sentence")).ToContainTextAsync("over 2 h");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync(Patient);
        await Expect(page.GetByTestId("headline")).ToHaveTextAsync(new Regex(@"Melt temperature rises by \d+\.\d.K by the end of 2 h \(p5 \d+\.\d … p95 \d+\.\d\)\."));

        // What the page says is what the API answers.
        var id = page.Url[(page.Url.LastIndexOf('/') + 1)..];
        var result = await Pollux.Get($"/api/v1/scenarios/{id}/result");
        var rate = result["kpis"]!.AsArray().Single(k => (string)k!["id"]! == "melt-flow")!;
        Assert.InRange((double)rate["scenario"]!["p50"]! / (double)rate["baseline"]!["p50"]!, 1.14, 1.16);
        var shown = ((double)rate["difference"]!["p50"]!).ToString("+0.0", System.Globalization.CultureInfo.InvariantCulture);
        await Expect(page.Locator("[data-kpi='melt-flow']")).ToContainTextAsync(shown);
        await Expect(page.GetByTestId("contributors").Locator("li").First).ToContainTextAsync("%");
        await Expect(page.GetByTestId("signal-chart").Locator(".main-svg").First).ToBeAttachedAsync();
        await Expect(page.GetByTestId("profile-chart").Locator(".main-svg").First).ToBeAttachedAsync();

        // The link alone brings the same answer back, and the result can be taken away.
        var shared = await Pollux.Open($"/what-if/{id}");
        await Expect(shared.GetByTestId("headline")).ToHaveTextAsync((await page.GetByTestId("headline").TextContentAsync())!);
        foreach (var (format, start) in new[] { ("csv", "kind,id,unit"u8.ToArray()), ("parquet", "PAR1"u8.ToArray()) })
        {
            var file = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId(format).ClickAsync());
            Assert.Equal($"scenario-{id}.{format}", file.SuggestedFilename);
            Assert.Equal(start, (await File.ReadAllBytesAsync(await file.PathAsync(), TestContext.Current.CancellationToken))[..start.Length]);
        }
    }

    [Fact]
    public async Task A_colder_zone_beside_another_scenario()
    {
        var asset = await WarmMachine();
        var page = await Pollux.Open($"/what-if?asset={asset}");
        await Ask(page, "+15 % rate");
        await page.GotoAsync($"/what-if?asset={asset}");
        await Ask(page, "Zone 4 −10 °C");
        // Cooler there, and what the other zones make of it: the difference along the axis has a place.
        await Expect(page.GetByTestId("sign-changes")).ToContainTextAsync("sign");
        await page.GotoAsync($"/what-if?asset={asset}");
        var past = page.GetByTestId("past");
        await Expect(past).ToHaveCountAsync(2);
        foreach (var box in await past.GetByRole(AriaRole.Checkbox).AllAsync()) await box.CheckAsync();
        await page.GetByTestId("compare").ClickAsync();
        await Expect(page.GetByTestId("compared")).ToContainTextAsync("Melt temperature");
        await page.GetByTestId("compare-chart").Locator(".main-svg").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.WaitForTimeoutAsync(1_000);
        await Look(page, "what-if-compare");
    }

    [Fact]
    public async Task What_may_not_be_asked_says_at_its_field_what_may()
    {
        var asset = Pollux.NextAsset();
        var page = await Pollux.Open($"/what-if?asset={asset}");
        await page.GetByTestId("target").SelectOptionAsync("screw-speed");
        await page.GetByTestId("kind").SelectOptionAsync("set");
        await page.GetByTestId("value").FillAsync("900");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.Locator("#value-problem-0")).ToHaveTextAsync("Allowed: 0 to 150 min⁻¹");
        await Expect(page.GetByTestId("value")).ToHaveAttributeAsync("aria-invalid", "true");
        await Look(page, "what-if-invalid");
        // The same page takes the corrected question.
        await page.GetByTestId("value").FillAsync("90");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync(Patient);
    }

    [Fact]
    public async Task A_long_one_shows_its_progress_and_can_be_cancelled()
    {
        var asset = await WarmMachine();
        var page = await Pollux.Open($"/what-if?asset={asset}");
        await page.GetByTestId("mode").SelectOptionAsync("transient");
        await page.GetByText("More: name").ClickAsync();
        await page.GetByTestId("members").FillAsync("2000");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("running").GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync(Patient);
        await page.GetByTestId("cancel").ClickAsync();
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("was cancelled", new() { Timeout = 20_000 });
    }

    [Fact]
    public async Task A_dead_link_says_so()
    {
        var page = await Pollux.Open("/what-if/01a20f52-0000-7000-8000-000000000000");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no scenario");
    }

    [Theory]
    [InlineData(false, 1440)]
    [InlineData(true, 1440)]
    [InlineData(true, 390)]
    public async Task Question_and_answer_have_no_serious_accessibility_problems(bool dark, int width)
    {
        var asset = await WarmMachine();
        var page = await Pollux.Open($"/what-if?asset={asset}", dark, width: width);
        await page.GetByTestId("mode").SelectOptionAsync("transient");
        await Look(page, "what-if", dark, width);
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync(Patient);
        await page.Locator(".js-plotly-plot .main-svg").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.WaitForTimeoutAsync(1_000);
        await Look(page, "what-if-answer", dark, width);
    }

    static async Task Ask(IPage page, string preset)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = preset, Exact = true }).ClickAsync();
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync(Patient);
    }

    /// <summary>A machine that has said at which inputs it runs.</summary>
    async Task<string> WarmMachine()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var now = TimeProvider.System.GetUtcNow();
        await DashboardSystem.Publish(device, asset, [("screw-speed", 80, now), .. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-set-point", 150.0 + 10 * z, now))]);
        await Eventually.Get("the inputs are stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 6);
        return asset;
    }

    /// <summary>A picture for people, the width, and what axe says.</summary>
    static async Task Look(IPage page, string name, bool dark = false, int width = 1440)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, $"{name}{(width < 720 ? "-phone" : "")}-{(dark ? "dark" : "light")}.png"), FullPage = true });
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than the screen");
        await page.AddScriptTagAsync(new() { Path = await ForeignClientTests.Package("axe-core", "axe.min.js") });
        var found = await page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => `${v.impact} ${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`)");
        Assert.Empty(found.EnumerateArray().Select(v => v.GetString()));
    }
}

/// <summary>A system with its dashboard and with simulation.</summary>
public sealed class WhatIfSystem(Infrastructure infrastructure) : DashboardSystem(infrastructure)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Service("simulation", "Simulation").Start();
    }
}

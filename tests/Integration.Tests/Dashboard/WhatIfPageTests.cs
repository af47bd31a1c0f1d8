using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>What-ifs in a browser, from the click to the answer.</summary>
[Collection<OnOneDashboard>]
public class WhatIfPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    [Fact]
    public async Task Fifteen_percent_more_rate_from_click_to_answer()
    {
        var asset = await Pollux.WarmMachine();
        var page = await Pollux.Open($"/what-if?asset={asset}");
        await page.GetByRole(AriaRole.Button, new() { Name = "+15 % rate", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("sentence")).ToContainTextAsync("Production rate +15\u00a0%");
        await page.GetByTestId("mode").SelectOptionAsync("transient");
        await Expect(page.GetByTestId("sentence")).ToContainTextAsync("over 2 h");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("start")).ToContainTextAsync("Starts from");
        await Expect(page.GetByTestId("headline"))
            .ToHaveTextAsync(new Regex(@"Melt temperature rises by \d+\.\d.K by the end of 2 h \(p5 \d+\.\d … p95 \d+\.\d\)\."));

        // The page shows what the API answers.
        var id = page.Url[(page.Url.LastIndexOf('/') + 1)..];
        var result = await Pollux.Get($"/api/v1/scenarios/{id}/result");
        var rate = result["kpis"]!.AsArray().Single(k => (string)k!["id"]! == "melt-flow")!;
        Assert.InRange((double)rate["scenario"]!["p50"]! / (double)rate["baseline"]!["p50"]!, 1.14, 1.16);
        var shown = ((double)rate["difference"]!["p50"]!).ToString("+0.0", System.Globalization.CultureInfo.InvariantCulture);
        await Expect(page.Locator("[data-kpi='melt-flow']")).ToContainTextAsync(shown);
        await Expect(page.GetByTestId("contributors").Locator("li").First).ToContainTextAsync("%");
        await Expect(page.GetByTestId("signal-chart").Locator(".main-svg").First).ToBeAttachedAsync();
        await Expect(page.GetByTestId("profile-chart").Locator(".main-svg").First).ToBeAttachedAsync();

        // The link alone shows the same answer, and the result can be downloaded.
        var shared = await Pollux.Open($"/what-if/{id}");
        await Expect(shared.GetByTestId("headline")).ToHaveTextAsync((await page.GetByTestId("headline").TextContentAsync())!);
        foreach (var (format, start) in new[] { ("csv", "kind,id,unit"u8.ToArray()), ("parquet", "PAR1"u8.ToArray()) })
        {
            var file = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId(format).ClickAsync());
            Assert.Equal($"scenario-{id}.{format}", file.SuggestedFilename);
            Assert.Equal(start,
                (await File.ReadAllBytesAsync(await file.PathAsync(), TestContext.Current.CancellationToken))[..start.Length]);
        }
    }

    [Fact]
    public async Task A_colder_zone_beside_another_scenario()
    {
        var asset = await Pollux.WarmMachine();
        var page = await Pollux.Open($"/what-if?asset={asset}");
        await Ask(page, "+15 % rate");
        await page.GotoAsync($"/what-if?asset={asset}");
        await Ask(page, "Zone 4 −10 °C");
        // Cooler there, with reactions in the other zones: the difference along the axis changes sign.
        await Expect(page.GetByTestId("sign-changes")).ToContainTextAsync("sign");
        await page.GotoAsync($"/what-if?asset={asset}");
        var past = page.GetByTestId("past");
        await Expect(past).ToHaveCountAsync(2);
        foreach (var box in await past.GetByRole(AriaRole.Checkbox).AllAsync()) await box.CheckAsync();
        await page.GetByTestId("compare").ClickAsync();
        await Expect(page.GetByTestId("compared")).ToContainTextAsync("Melt temperature");
        await page.GetByTestId("compare-chart").Locator(".main-svg").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
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
        await Look.At(page, "what-if-invalid");
        // The same page accepts the corrected question.
        await page.GetByTestId("value").FillAsync("90");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync();
    }

    static async Task Ask(IPage page, string preset)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = preset, Exact = true }).ClickAsync();
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync();
    }
}

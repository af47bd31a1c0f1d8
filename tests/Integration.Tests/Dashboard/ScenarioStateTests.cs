using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>
/// What-ifs in a browser that are not simply answered: about the past, long, cancelled, failed, or during an outage.
/// </summary>
[Collection<OnOneDashboard>]
public class ScenarioStateTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task The_last_hour_again_with_what_was_recorded()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        // Faster for the last half hour: the baseline has to follow the recorded inputs.
        for (var minute = -90; minute <= 0; minute += 5)
            await DashboardSystem.Publish(
                device, asset, [("screw-speed", minute < -30 ? 70 : 80, Now.AddMinutes(minute)),
                    .. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-set-point", 150.0 + 10 * z, Now.AddMinutes(minute)))]);
        await Eventually.Get("the inputs are stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 19 * 6);
        var page = await Pollux.Open($"/what-if?asset={asset}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Last hour at +15 %", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("sentence"))
            .ToContainTextAsync("starting 1 h ago, with the inputs recorded since, over 1 h");
        await Look.At(page, "what-if-past");
        var asked = Now;
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("headline")).ToContainTextAsync("by the end of 1 h");
        var from = DateTimeOffset.Parse(
            (await page.Locator(".page-head time").GetAttributeAsync("datetime"))!, CultureInfo.InvariantCulture);
        Assert.InRange(from, asked.AddMinutes(-61), Now.AddMinutes(-59));

        // The figures are those of the recorded change from 70 to 80 r/min, not of a constant speed.
        var result = await Pollux.Get($"/api/v1/scenarios/{page.Url.Split('/')[^1]}/result");
        var flow = result["signals"]!.AsArray().Single(s => (string)s!["id"]! == "melt-flow")!["baseline"]!["p50"]!.AsArray()
            .Select(v => (double)v!).ToList();
        Assert.True(flow[^1] > 1.08 * flow[1], $"the flow went from {flow[1]} to {flow[^1]}");
    }

    [Fact]
    public async Task A_long_one_shows_its_progress_and_can_be_cancelled_and_asked_again()
    {
        var page = await Pollux.Open($"/what-if?asset={await Pollux.WarmMachine()}");
        await AskLong(page);
        await Look.At(page, "scenario-running");
        await page.GetByTestId("cancel").ClickAsync();
        var notice = page.GetByTestId("notice");
        await Expect(notice).ToContainTextAsync("was cancelled");
        await Expect(notice).ToContainTextAsync("You can ask the same question again");
        await Look.At(page, "scenario-cancelled");
        // The form shows the original question again.
        await notice.GetByText("Ask again").ClickAsync();
        await Expect(page.GetByTestId("hours")).ToHaveValueAsync("240");
        await Expect(page.GetByTestId("past").First).ToContainTextAsync("cancelled");
    }

    [Fact]
    public async Task One_that_fails_says_why_and_what_to_do()
    {
        var page = await Pollux.Open($"/what-if?asset={await Pollux.WarmMachine()}");
        // More than the screw can deliver at its highest speed.
        await page.GetByTestId("target").SelectOptionAsync("production-rate");
        await page.GetByTestId("value").FillAsync("900");
        await page.GetByTestId("run").ClickAsync();
        var notice = page.GetByTestId("notice");
        await Expect(notice).ToHaveAttributeAsync("data-kind", "failed");
        await Expect(notice).ToContainTextAsync("There is no answer");
        await Expect(notice).ToContainTextAsync("production-rate");
        await Expect(notice).ToContainTextAsync("Ask for a smaller or a slower change");
        await Look.At(page, "scenario-failed");
        await notice.GetByText("Change the question").ClickAsync();
        await Expect(page.GetByTestId("value")).ToHaveValueAsync("900");
        await page.GetByTestId("value").FillAsync("10");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_scenario_that_does_not_exist_says_so()
    {
        var page = await Pollux.Open("/what-if/01a20f52-0000-7000-8000-000000000000");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no scenario");
        await Look.At(page, "scenario-unknown");
    }

    [Fact]
    public async Task When_query_is_killed_meanwhile_the_progress_goes_on_without_a_reload()
    {
        var page = await Pollux.Open($"/what-if?asset={await Pollux.WarmMachine()}");
        await AskLong(page);
        await page.EvaluateAsync("() => window.sameDocument = true");
        await Pollux.Query.Kill();
        await Expect(page.GetByTestId("connection")).ToContainTextAsync("Reconnecting");
        var running = page.GetByTestId("running").GetByRole(AriaRole.Status);
        var before = await running.TextContentAsync();
        await Look.At(page, "scenario-running-away");
        await Pollux.Query.Start();
        await Expect(page.GetByTestId("connection")).ToContainTextAsync("Connected");
        await Expect(running).Not.ToHaveTextAsync(before!);
        await Expect(running).ToContainTextAsync("%");
        await page.GetByTestId("cancel").ClickAsync();
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("was cancelled");
        Assert.True(await page.EvaluateAsync<bool>("() => window.sameDocument"));
    }

    [Fact]
    public async Task When_the_dashboard_is_restarted_an_open_answer_comes_back_by_itself()
    {
        var dashboard = Pollux.DashboardOf($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        await dashboard.Start();
        var page = await Pollux.Open($"/what-if?asset={await Pollux.WarmMachine()}", dashboard: dashboard);
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync();
        var (address, headline) = (page.Url, await page.GetByTestId("headline").TextContentAsync());
        await page.EvaluateAsync("() => window.sameDocument = true");
        await dashboard.Kill();
        await Expect(page.Locator(".reconnect-lost")).ToBeVisibleAsync();
        await dashboard.Start();
        // A new process does not know the old one's pages, so the browser reloads the address automatically.
        await page.WaitForFunctionAsync("() => !window.sameDocument", null);
        await Expect(page.GetByTestId("headline")).ToHaveTextAsync(headline!);
        Assert.Equal(address, page.Url);
    }

    /// <summary>Starts a scenario that takes minutes, and waits until it runs.</summary>
    static async Task AskLong(IPage page)
    {
        await page.GetByTestId("mode").SelectOptionAsync("transient");
        await page.GetByTestId("hours").FillAsync("240");
        await page.GetByText("More: name").ClickAsync();
        await page.GetByTestId("members").FillAsync("2000");
        await page.GetByTestId("run").ClickAsync();
        await Expect(page.GetByTestId("running").GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await Expect(page.GetByTestId("running").GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex(@"member: [\d.]+.%"));
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>What physics and sensors together say of a machine, in a browser.</summary>
[Collection<OnOneDashboard>]
public class EstimatePageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    // Names of what a chart draws; dashed ones are estimated.
    const string Lines = """
        plot => plot.data.filter(t => t.x.length > 0 && t.name).map(t => t.line?.dash === "dash" ? `${t.name} - -` : t.name)
        """;

    [Fact]
    public async Task What_no_sensor_shows_is_estimated_and_what_one_shows_is_compared()
    {
        await using var machine = await EstimatedMachine.Run(Pollux, Pollux.NextAsset());
        var page = await Pollux.Open($"/machines/{machine.Id}");
        await Expect(page.GetByTestId("sync")).ToHaveTextAsync(new Regex(@"^physics In sync since \d\d:\d\d:\d\d$"));
        var panel = page.GetByTestId("estimated");
        await Expect(panel.Locator("[data-signal='specific-energy']")).ToHaveTextAsync(
            new Regex("^specific energy\\d{3}(\\.\\d)?\u00a0±\u00a0\\d+(\\.\\d)?\u00a0kJ/kg$"));
        await Expect(panel.Locator("[data-signal='specific-drive-energy']")).ToHaveAttributeAsync("title", "= motor-power / melt-flow");
        await Expect(panel.Locator("[data-signal='melt-pressure']")).ToHaveCountAsync(0);
        await panel.GetByText("Residuals per sensor", new() { Exact = true }).ClickAsync();
        await Expect(panel.Locator("[data-residual]")).ToHaveCountAsync(10);
        await Expect(panel.Locator("[data-residual='melt-pressure'] td").First).ToHaveTextAsync(new Regex("^80\\.\\d\\d\u00a0bar$"));
        await panel.GetByText("Learned from the readings").ClickAsync();
        await Expect(panel.Locator("[data-learned='polymer.consistency']")).ToContainTextAsync(new Regex("52[67](\\.\\d+)?\u00a0Pa sⁿ"));
        // Three minutes cannot tell the temperature of the room.
        await Expect(panel.Locator("[data-learned='ambient-temperature']")).ToContainTextAsync("not identifiable from these readings");
        await Look.At(page, "machine-estimated");
    }

    [Fact]
    public async Task A_trend_shows_measured_and_estimated_and_what_no_sensor_shows()
    {
        await using var machine = await EstimatedMachine.Run(Pollux, Pollux.NextAsset());
        var page = await Pollux.Open($"/machines/{machine.Id}");
        await Eventually.Get(
            "the estimate is drawn", () => Drawn(page, "trends"),
            lines => lines.Contains("melt pressure, estimated - -") && lines.Contains("melt pressure"), lines => string.Join(", ", lines));
        await Expect(page.Locator(".trends [role='status']")).ToContainTextAsync("dashed: estimated, band: 90 %");
        await page.GetByRole(AriaRole.Button, new() { Name = "thrust, estimated" }).ClickAsync();
        await Eventually.Get(
            "thrust is drawn", () => Drawn(page, "trends"), lines => lines.Contains("thrust, estimated - -"),
            lines => string.Join(", ", lines));
        await page.GetByTestId("with-estimates").UncheckAsync();
        await Eventually.Get(
            "only thrust is estimated", () => Drawn(page, "trends"),
            lines => lines.Count(l => l.EndsWith("- -", StringComparison.Ordinal)) == 1, lines => string.Join(", ", lines));
    }

    [Fact]
    public async Task The_profile_along_the_axis_follows_the_estimate_without_being_asked_for()
    {
        await using var machine = await EstimatedMachine.Run(Pollux, Pollux.NextAsset());
        var page = await Pollux.Open($"/machines/{machine.Id}");
        await Eventually.Get(
            "the profile is drawn", () => Drawn(page, "axis-now"),
            lines => lines.Contains("barrel temperature, estimated") && lines.Contains("polymer temperature, estimated"),
            lines => string.Join(", ", lines));
        await Expect(page.GetByText("Compute the profile")).ToHaveCountAsync(0);
        var time = page.GetByRole(AriaRole.Region, new() { Name = "Temperature along the axis", Exact = true }).Locator("p time");
        var before = await time.TextContentAsync();
        await machine.Run(ticks: 3);
        await Expect(time).Not.ToHaveTextAsync(before!);
    }

    [Fact]
    public async Task A_thermocouple_that_shows_too_much_is_named_and_the_machine_found_in_the_fleet()
    {
        await using var machine = await EstimatedMachine.Run(Pollux, Pollux.NextAsset());
        var page = await Pollux.Open($"/machines/{machine.Id}");
        await Expect(page.GetByTestId("sync")).ToContainTextAsync("In sync");
        var sync = (await machine.Run(ticks: 6, zone2: 25))["estimate"]!["sync"]!;
        Assert.Equal("zone-2-temperature", (string?)sync["sensorId"]);
        var (state, word) = (string?)sync["state"] == "lost" ? ("lost", "Lost") : ("drifting", "Drifting");
        await Expect(page.GetByTestId("sync")).ToHaveTextAsync(
            new Regex($@"^physics {word} since \d\d:\d\d:\d\d, most of all zone 2 temperature$"));
        await page.GetByText("Residuals per sensor", new() { Exact = true }).ClickAsync();
        await Expect(page.Locator("[data-residual='zone-2-temperature'] .worse")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        await page.GetByTestId("fleet-sync").SelectOptionAsync(state);
        await Expect(page.Locator("tr[data-asset]")).ToHaveCountAsync(1);
        await Expect(page.Locator($"tr[data-asset='{machine.Id}'] [data-sync='{state}']")).ToHaveTextAsync(word);
        await Look.At(page, "fleet-out-of-sync");
    }

    [Fact]
    public async Task The_past_shows_the_estimate_of_that_moment()
    {
        await using var machine = await EstimatedMachine.Run(Pollux, Pollux.NextAsset());
        var newest = (DateTimeOffset)(await machine.Run(ticks: 1))["estimate"]!["at"]!;
        var then = newest.AddMinutes(-1).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);
        // As known now, and as known then, of which no history is kept.
        var known = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        foreach (var knownAt in new[] { "", $"&knownAt={known}" })
        {
            var page = await Pollux.Open($"/machines/{machine.Id}?validAt={then}{knownAt}");
            await Expect(page.GetByTestId("sync")).ToContainTextAsync("physics In sync since");
            var panel = page.GetByTestId("estimated");
            await Expect(panel.Locator(".panel-head time")).ToHaveAttributeAsync("datetime", then);
            await Expect(panel.Locator("[data-signal='zone-3-heat']")).ToBeVisibleAsync();
            await panel.GetByText("Residuals per sensor", new() { Exact = true }).ClickAsync();
            await Expect(panel.Locator("[data-residual]")).ToHaveCountAsync(10);
            await Eventually.Get(
                "the profile is drawn", () => Drawn(page, "axis-now"), lines => lines.Contains("polymer temperature, estimated"),
                lines => string.Join(", ", lines));
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Temperature along the axis", Exact = true }).Locator("p time"))
                .ToHaveAttributeAsync("datetime", then);
            await Look.At(page, "machine-estimated-past");
        }
    }

    [Fact]
    public async Task A_past_without_an_estimate_says_when_it_begins()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("screw-speed", 80, TimeProvider.System.GetUtcNow().AddMinutes(-5)));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(page.GetByTestId("no-estimate")).ToContainTextAsync("waits for");
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await page.GotoAsync($"/machines/{asset}?validAt={now}");
        await Expect(page.GetByTestId("no-estimate")).ToContainTextAsync("after the first readings of all sensors of inputs");
    }

    [Fact]
    public async Task A_machine_without_an_estimate_says_what_it_waits_for()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("screw-speed", 80, TimeProvider.System.GetUtcNow()));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(page.GetByTestId("no-estimate")).ToContainTextAsync(
            "waits for the first reading of zone 1 set point, zone 2 set point");
        await Expect(page.GetByTestId("sync")).ToHaveCountAsync(0);
        // The steady profile can still be computed.
        await Expect(page.GetByText("Compute the profile")).ToBeVisibleAsync();
    }

    static Task<string[]> Drawn(IPage page, string chart) =>
        page.GetByTestId(chart).Locator(".js-plotly-plot").EvaluateAsync<string[]>(Lines);
}

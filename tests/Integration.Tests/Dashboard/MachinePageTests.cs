using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The machine page in a browser, against the whole running system.</summary>
[Collection<OnOneDashboard>]
public class MachinePageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Published_values_are_on_the_page_one_after_the_other()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 200, Now));
        var page = await Pollux.Open($"/machines/{asset}");
        // 'bench dashboard' measures how fast.
        for (var value = 200; value < 205; value++)
        {
            await DashboardSystem.Publish(device, asset, ("melt-temperature", value, Now));
            await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync($"{value}.0\u00a0°C");
        }
    }

    [Fact]
    public async Task Every_value_of_the_drawing_can_be_read()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(
            device, asset, ("bearing-acceleration-rms", 0.3168, Now), ("bearing-envelope-outer-race", 49.99, Now),
            ("dancer-position", -249.99, Now), ("zone-5-temperature", 319.9, Now));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(DashboardSystem.Value(page, "bearing-acceleration-rms")).ToHaveTextAsync("0.3168\u00a0m/s²");
        var covered = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll(".readout")].filter(readout => {
              const [name, value] = [".name", ".value"].map(part => readout.querySelector(part).getBoundingClientRect());
              return name.right > value.left && name.bottom > value.top + 3;
            }).map(readout => readout.dataset.readout)
            """);
        Assert.Empty(covered);
    }

    [Fact]
    public async Task An_alarm_is_acknowledged()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var page = await Pollux.Open($"/machines/{asset}");
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 210, Now));
        await Expect(page.Locator(".readout.critical[data-readout='melt-pressure']")).ToBeVisibleAsync();
        await page.Locator(".alarms").GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await page.GetByLabel("Your name").FillAsync("Kim");
        await page.GetByLabel("Comment").FillAsync("valve was closed");
        await page.Locator(".acknowledge button[type=submit]").ClickAsync();
        await Expect(page.Locator(".alarms")).ToContainTextAsync("acknowledged by Kim");
        // The page shows the live view; the list follows a moment later, when it is saved.
        await Eventually.Get(
            "the acknowledgement is saved",
            async () => (await Pollux.Get($"/api/v1/alarms?asset={asset}"))["items"]!.AsArray()
                // On a slow machine there may also be an alarm for missing readings.
                .Single(a => (string?)a!["limitId"] == "melt-pressure-high")!,
            a => ("active-acknowledged", "Kim", "valve was closed")
                == ((string?)a["state"], (string?)a["acknowledgedBy"], (string?)a["comment"]),
            a => a.ToJsonString());
    }

    [Fact]
    public async Task The_slider_puts_the_page_into_the_past_and_back()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 201, Now.AddMinutes(-20)), ("melt-temperature", 222, Now));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("222.0\u00a0°C");
        await page.GetByTestId("look-back").ClickAsync();
        // The slider spans two hours, so a tenth of it is twelve minutes.
        await page.GetByTestId("travel-slider")
            .EvaluateAsync("slider => { slider.value = -100; slider.dispatchEvent(new Event('change', { bubbles: true })); }");
        await Expect(page.GetByTestId("travel")).ToContainTextAsync("not live");
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("201.0\u00a0°C");
        Assert.Matches("[?&]validAt=", page.Url);
        var shared = await Pollux.Open(new Uri(page.Url).PathAndQuery);
        await Expect(DashboardSystem.Value(shared, "melt-temperature")).ToHaveTextAsync("201.0\u00a0°C");
        await page.GetByTestId("live").ClickAsync();
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("222.0\u00a0°C");
        Assert.DoesNotContain("validAt", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_was_revised_shows_what_was_known_and_what_is()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var sampled = Now.AddSeconds(-10);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 201, sampled));
        await Eventually.Get("the reading is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 1);
        // A whole millisecond after the first reading and before the second.
        var moment = await Eventually.NextMillisecond();
        var then = moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        await Eventually.NextMillisecond();
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 207, sampled.AddSeconds(5)));
        await Eventually.Get("the late reading is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 2);
        var page = await Pollux.Open($"/machines/{asset}?validAt={then}&knownAt={then}");
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("201.0\u00a0°C");
        await Expect(page.Locator("[data-readout='melt-temperature'] .revised")).ToHaveTextAsync("now known: 207.0\u00a0°C");
        // The trends also leave out what came later.
        await Expect(page.Locator(".trends [role='status']")).ToContainTextAsync("1 readings known then");
        await page.GetByTestId("known-then").UncheckAsync();
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("207.0\u00a0°C");
        await Expect(page.Locator(".trends [role='status']")).ToContainTextAsync("2 readings");
    }

    [Fact]
    public async Task When_query_is_killed_the_page_says_so_and_recovers_without_a_reload()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 205, Now));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("205.0\u00a0°C");
        await page.EvaluateAsync("() => window.sameDocument = true");
        await Pollux.Query.Kill();
        await Expect(page.GetByTestId("connection")).ToContainTextAsync("Reconnecting");
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("205.0\u00a0°C");
        // A page opened in the meantime loads as soon as query is back.
        var opened = await Pollux.Open($"/machines/{asset}");
        await Expect(opened.GetByTestId("notice")).ToContainTextAsync("cannot be reached");
        await Pollux.Query.Start();
        await Expect(page.GetByTestId("connection")).ToContainTextAsync("Connected");
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 206, Now));
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("206.0\u00a0°C");
        await Expect(DashboardSystem.Value(opened, "melt-temperature")).ToHaveTextAsync("206.0\u00a0°C");
        Assert.True(await page.EvaluateAsync<bool>("() => window.sameDocument"));
    }

    [Fact]
    public async Task A_lost_connection_to_the_dashboard_heals_by_itself()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 205, Now));
        var dashboard = Pollux.DashboardOf($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        await dashboard.Start();
        var page = await Pollux.Open($"/machines/{asset}", dashboard: dashboard);
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("205.0\u00a0°C");
        await dashboard.Kill();
        await Expect(page.Locator(".reconnect-lost")).ToBeVisibleAsync();
        await dashboard.Start();
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 206, Now));
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("206.0\u00a0°C");
    }

    [Fact]
    public async Task A_value_beyond_plausible_looks_uncertain_and_a_silent_machine_stale()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 380, Now), ("melt-flow", 50, Now.AddHours(-1)));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveClassAsync(new Regex("uncertain"));
        await Expect(DashboardSystem.Value(page, "melt-flow")).ToHaveClassAsync(new Regex("stale"));
        await Expect(DashboardSystem.Value(page, "screw-speed")).ToHaveClassAsync(new Regex("none"));
    }
}

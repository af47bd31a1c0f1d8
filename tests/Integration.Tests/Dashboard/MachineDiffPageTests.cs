using System.Globalization;
using System.Text.RegularExpressions;
using Contracts.Events;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>Two moments of a machine side by side, in a browser.</summary>
[Collection<OnOneDashboard>]
public class MachineDiffPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Two_moments_show_what_differs_and_what_happened_between_them()
    {
        var (asset, at) = (Pollux.NextAsset(), Micros.ToTime(Samples.Now).AddMinutes(-20));
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 82, at), ("melt-temperature", 201, at));
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 210, at.AddSeconds(10)));
        await Eventually.Get(
            "the alarm is raised", () => Pollux.Log.Events<AlarmRaised>(Streams.Twin(asset)),
            raised => raised.Any(a => a.LimitId == "melt-pressure-high"));
        var page = await Pollux.Open($"/machines/{asset}/compare?from={Iso(at.AddSeconds(5))}&to={Iso(at.AddSeconds(15))}");
        await Expect(page.GetByTestId("summary")).ToHaveTextAsync("1 sensor, 1 alarm and 0 estimated signals differ.");
        var sensor = page.Locator("[data-sensor='melt-pressure'] td");
        await Expect(sensor.Nth(0)).ToHaveTextAsync("82.0\u00a0bar");
        await Expect(sensor.Nth(1)).ToHaveTextAsync("210.0\u00a0bar");
        await Expect(sensor.Nth(2)).ToHaveTextAsync("+128.0\u00a0bar");
        var alarm = page.Locator("[data-alarm='melt-pressure-high'] td");
        await Expect(alarm.Nth(2)).ToHaveTextAsync("not known");
        await Expect(alarm.Nth(3)).ToHaveTextAsync("active");
        await Expect(page.Locator("[data-event='alarm_raised']")).ToHaveCountAsync(1);
        await Look.At(page, "machine-compared");

        // The second moment is now: by then the silence of the sensors is an alarm, too.
        await page.GetByTestId("to").GetByTestId("live").ClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("[?&]to="));
        await Expect(page.GetByTestId("summary")).ToContainTextAsync("1 sensor, 2 alarms");
        // A moment compared with itself.
        await page.GotoAsync($"/machines/{asset}/compare?from={Iso(at.AddSeconds(5))}&to={Iso(at.AddSeconds(5))}");
        await Expect(page.GetByTestId("summary")).ToContainTextAsync("Nothing differs");
        await Expect(page.GetByTestId("events")).ToContainTextAsync("Nothing but readings: 0 more");
    }

    [Fact]
    public async Task The_machine_page_leads_there_and_a_moment_before_the_machine_says_so()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-temperature", 201, Now.AddMinutes(-90)), ("melt-temperature", 222, Now));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(DashboardSystem.Value(page, "melt-temperature")).ToHaveTextAsync("222.0\u00a0°C");
        await page.GetByTestId("compare").ClickAsync();
        var sensor = page.Locator("[data-sensor='melt-temperature'] td");
        await Expect(sensor.Nth(0)).ToHaveTextAsync("201.0\u00a0°C");
        await Expect(sensor.Nth(1)).ToHaveTextAsync("222.0\u00a0°C");
        // The slider spans two hours: its end is before anything was heard of the machine.
        await page.GetByTestId("from").GetByTestId("travel-slider")
            .EvaluateAsync("slider => { slider.value = -1000; slider.dispatchEvent(new Event('change', { bubbles: true })); }");
        await Expect(page.GetByTestId("unknown")).ToContainTextAsync(asset);
        await Expect(page.GetByTestId("from").GetByTestId("travel-slider")).ToBeVisibleAsync();
    }

    static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

using System.Text.Json;
using Integration.Tests.Running;
using Microsoft.Playwright;

namespace Integration.Tests.Dashboard;

/// <summary>Every page in both themes: pictures for people, and what axe says.</summary>
public class LookTests(DashboardSystem system) : SystemTest<DashboardSystem>(system), IClassFixture<DashboardSystem>
{
    static string? lively;

    [Theory]
    [InlineData("fleet", "/", false, 1440)]
    [InlineData("fleet", "/", true, 1440)]
    [InlineData("machine", "/machines/{asset}", false, 1440)]
    [InlineData("machine", "/machines/{asset}", true, 1440)]
    [InlineData("machine-phone", "/machines/{asset}", false, 390)]
    [InlineData("fleet-phone", "/", true, 390)]
    [InlineData("machine-past", "/machines/{asset}?validAt={then}&knownAt={then}", false, 1440)]
    [InlineData("machine-past", "/machines/{asset}?validAt={then}&knownAt={then}", true, 1440)]
    [InlineData("unknown", "/machines/no-such-line", false, 1440)]
    [InlineData("unknown", "/machines/no-such-line", true, 1440)]
    [InlineData("not-found", "/no/such/page", false, 1440)]
    [InlineData("not-found", "/no/such/page", true, 1440)]
    public async Task No_page_has_serious_accessibility_problems(string name, string path, bool dark, int width)
    {
        lively ??= await LivelyMachine();
        var then = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var page = await Pollux.Open(path.Replace("{asset}", lively, StringComparison.Ordinal).Replace("{then}", then, StringComparison.Ordinal), dark, width: width);
        if (name.StartsWith("machine", StringComparison.Ordinal)) await page.Locator(".js-plotly-plot .main-svg").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.WaitForTimeoutAsync(1_000);
        await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, $"{name}-{(dark ? "dark" : "light")}.png"), FullPage = true });
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than the screen");

        await page.AddScriptTagAsync(new() { Path = await ForeignClientTests.Package("axe-core", "axe.min.js") });
        var found = await page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => `${v.impact} ${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`)");
        Assert.Empty(found.EnumerateArray().Select(v => v.GetString()));
    }

    /// <summary>A machine with half an hour of history, an alarm, an uncertain and a stale value.</summary>
    async Task<string> LivelyMachine()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var now = TimeProvider.System.GetUtcNow();
        for (var second = -1800; second <= 0; second += 4)
        {
            var (at, wave) = (now.AddSeconds(second), Math.Sin(second / 60.0));
            await DashboardSystem.Publish(
                device, asset,
                [
                    .. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-temperature", 150 + 10 * z + wave * z, at)), .. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-set-point", 150.0 + 10 * z, at)),
                    ("melt-temperature", 236 + 2 * wave, at), ("melt-pressure", second == 0 ? 210 : 82 + 3 * wave, at), ("melt-flow", 51 + wave, at), ("screw-speed", 80, at), ("motor-power", 9.8 + 0.2 * wave, at),
                    ("bearing-vibration", 1.2 + 0.05 * wave, at), ("motor-current", second == 0 ? 130 : 16 + wave, at),
                ]);
        }
        await DashboardSystem.Publish(device, asset, ("bearing-temperature", 51.5, now.AddMinutes(-20)));
        await Eventually.Get("the alarm is raised", async () => (await Pollux.Get($"/api/v1/twins/{asset}"))["alarms"]!.AsArray().Count, alarms => alarms > 0);
        return asset;
    }
}

using System.Net;
using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The strip of alarms on every page, and the list of all of them.</summary>
[Collection<OnOneDashboard>]
public class AlarmsPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task On_a_phone_the_worst_alarm_is_in_sight_on_any_page_and_acknowledged_with_two_taps()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var page = await Pollux.Open("/plant", width: 390, height: 800);
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 210, Now));
        var text = page.GetByTestId("strip-text");
        await Expect(page.Locator(".strip-worst")).ToHaveAttributeAsync("data-alarm", new Regex($"^{asset}\\.melt-pressure-high\\."));
        await Expect(text).ToHaveTextAsync(new Regex(
            "^Melt pressure 210\\.0\u00a0bar, above 200\u00a0bar for .*\\. The rupture disc opens at 250 bar\\.$"));
        await Expect(text).ToBeInViewportAsync();
        await Look.At(page, "strip-phone");

        await page.GetByTestId("strip-acknowledge").ClickAsync();
        await page.GetByTestId("strip-name").FillAsync("Kim");
        await page.Locator(".strip.acknowledge button[type=submit]").ClickAsync();
        await Eventually.Get(
            "it is acknowledged", async () => (await Pollux.Get($"/api/v1/alarms?asset={asset}&severity=critical"))["items"]![0]!,
            alarm => ((string?)alarm["state"], (string?)alarm["acknowledgedBy"]) == ("active-acknowledged", "Kim"), a => a.ToJsonString());
        // Whoever has said his name is not asked again: the second alarm takes one tap.
        var next = Pollux.NextAsset();
        await DashboardSystem.Publish(device, next, ("melt-pressure", 211, Now));
        await Expect(page.Locator(".strip-worst")).ToHaveAttributeAsync("data-alarm", new Regex($"^{next}\\."));
        await page.GetByTestId("strip-acknowledge").ClickAsync();
        await Eventually.Get(
            "the second is acknowledged", async () => (await Pollux.Get($"/api/v1/alarms?asset={next}&severity=critical"))["items"]![0]!,
            alarm => (string?)alarm["acknowledgedBy"] == "Kim", a => a.ToJsonString());
    }

    [Fact]
    public async Task An_alarm_is_commented_assigned_and_shelved_in_the_list_and_found_again_among_the_shelved()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 210, Now));
        var page = await Pollux.Open($"/alarms?asset={asset}&severity=critical");
        var alarm = page.Locator($"[data-testid=alarms] [data-alarm^='{asset}.melt-pressure-high.']");
        await Expect(alarm).ToContainTextAsync("The rupture disc opens at 250 bar.");
        await Expect(alarm.GetByTestId("alarm-state")).ToHaveTextAsync("active");

        await Do(alarm, "Comment…", form => form.GetByLabel("Comment").FillAsync("valve was closed"));
        await Expect(alarm).ToContainTextAsync("Eve: valve was closed");
        await Do(alarm, "Assign…", form => form.GetByLabel("Assign to").FillAsync("Kim"));
        await Expect(alarm).ToContainTextAsync("assigned to Kim");
        await Look.At(page, "alarms-handled", withDark: true);
        await Do(alarm, "Shelve…", async form =>
        {
            await form.GetByLabel("How long").SelectOptionAsync("15 min");
            await form.GetByLabel("Reason").FillAsync("sensor is being changed");
        });
        await Expect(alarm).ToHaveCountAsync(0);

        await page.GetByTestId("alarms-state").SelectOptionAsync("shelved");
        await Expect(alarm).ToContainTextAsync("by Eve: sensor is being changed");
        await alarm.GetByRole(AriaRole.Button, new() { Name = "Take off the shelf" }).ClickAsync();
        await Expect(alarm).ToHaveCountAsync(0);
        await page.GetByTestId("alarms-state").SelectOptionAsync("unacknowledged");
        await Expect(alarm).ToBeVisibleAsync();
        await Expect(page.GetByTestId("raised")).Not.ToHaveTextAsync("0");

        await alarm.GetByTestId("alarm-moment").ClickAsync();
        await page.WaitForURLAsync($"**/machines/{asset}?validAt=*");
        await Expect(page.GetByTestId("travel")).ToContainTextAsync("not live");
    }

    static async Task Do(ILocator alarm, string what, Func<ILocator, Task> fill)
    {
        await alarm.GetByRole(AriaRole.Button, new() { Name = what }).ClickAsync();
        var form = alarm.Locator("form");
        await form.GetByLabel("Your name").FillAsync("Eve");
        await fill(form);
        await form.Locator("button[type=submit]").ClickAsync();
        await Expect(form).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("/machines/nobody-knows-it", "Look for it in the fleet")]
    [InlineData("/what-if/0195a0b4-0000-7000-8000-0000000000ff", "page What if")]
    [InlineData("/decisions/0195a0b4-0000-7000-8000-0000000000ff", "page Replace or wait")]
    [InlineData("/models/nobody-knows-it", "page Models")]
    public async Task A_dead_link_is_answered_404_and_says_where_to_find_the_like(string path, string step)
    {
        using var answer = await Pollux.Dashboard.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var page = await Pollux.Open(path);
        await Expect(page.GetByTestId("notice")).ToContainTextAsync(step);
    }
}

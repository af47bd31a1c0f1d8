using System.Net.Http.Json;
using Integration.Tests.Running;
using Microsoft.Playwright;
using TwinModel.Telemetry;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The plant as a tree: made, looked at, in the past, and by keyboard.</summary>
[Collection<OnOneDashboard>]
public class PlantPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    readonly string run = $"{Guid.NewGuid():N}"[..6];

    string Id(string name) => $"{name}-{run}";

    async Task AddPlace(IPage page, string name, string model, string into)
    {
        await page.GetByTestId("place-id").FillAsync(Id(name));
        await page.GetByTestId("place-name").FillAsync($"{name} {run}");
        await page.GetByTestId("place-model").SelectOptionAsync(model);
        await page.GetByTestId("place-into").SelectOptionAsync(into.Length == 0 ? "" : Id(into));
        await page.GetByTestId("place-send").ClickAsync();
        await Expect(page.Locator($"[data-node='{Id(name)}']")).ToBeVisibleAsync();
    }

    static async Task Relate(IPage page, string source, string type, string target, string? share = null)
    {
        await page.GetByTestId("source").FillAsync(source);
        await page.GetByTestId("source").BlurAsync();
        await page.GetByTestId("type").SelectOptionAsync(type);
        await page.GetByTestId("target").FillAsync(target);
        if (share is not null) await page.GetByTestId("property").FillAsync(share);
        await page.GetByTestId("relate-send").ClickAsync();
    }

    [Fact]
    public async Task A_site_with_hall_and_line_is_made_a_machine_put_in_and_taken_out()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var now = Micros.ToTime(Samples.Now);
        for (var second = -20; second <= 0; second++)
            await DashboardSystem.Publish(device, asset, ("melt-pressure", 260, now.AddSeconds(second)));
        var page = await Pollux.Open("/plant");
        await AddPlace(page, "site", "site", "");
        await AddPlace(page, "hall", "hall", "site");
        await AddPlace(page, "line", "line", "hall");
        await Relate(page, asset, "part-of", Id("line"));
        var machine = page.Locator($"[data-node='{Id("line")}'] [data-node='{asset}']");
        await Expect(machine).ToBeVisibleAsync();
        // The alarm is counted for everything above.
        foreach (var node in new[] { Id("site"), Id("hall"), Id("line"), asset })
            await Expect(page.Locator($"[data-node='{node}'] > .tree-row [data-testid='alarm']")).ToBeVisibleAsync();
        await Expect(page.Locator($"[data-node='{Id("site")}'] > .tree-row [data-testid='condition']")).ToHaveTextAsync("learning");

        await Relate(page, asset, "feeds", Id("line"), "60");
        await page.GotoAsync($"/plant?asset={asset}");
        var related = page.GetByTestId("related");
        await Expect(related.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(related).ToContainTextAsync("share 60");
        // What a rule forbids is said with what is in the way.
        await Relate(page, asset, "part-of", Id("hall"));
        await Expect(page.GetByTestId("relate").GetByRole(AriaRole.Alert)).ToContainTextAsync($"{asset} part-of {Id("line")} since");
        await Look.At(page, "plant-relationships");

        var crumbs = await Pollux.Open($"/machines/{asset}");
        await Expect(crumbs.GetByTestId("breadcrumbs").Locator("li")).ToHaveCountAsync(4);
        await Expect(crumbs.GetByTestId("breadcrumbs")).ToContainTextAsync($"site {run}hall {run}line {run}");
        await crumbs.GetByTestId("breadcrumbs").GetByText($"hall {run}").ClickAsync();
        await crumbs.WaitForURLAsync($"**/plant?asset={Id("hall")}");
        await Expect(crumbs.GetByTestId("related")).ToContainTextAsync(Id("site"));
        // A place has no machine page.
        await crumbs.GotoAsync($"/machines/{Id("hall")}");
        await crumbs.WaitForURLAsync($"**/plant?asset={Id("hall")}");

        var before = TimeProvider.System.GetUtcNow();
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        await related.Locator($"[data-relationship='{asset} part-of {Id("line")}']").GetByTestId("remove").ClickAsync();
        await Expect(machine).ToHaveCountAsync(0);
        await page.GotoAsync($"/plant?validAt={Uri.EscapeDataString(before.ToString("O"))}");
        await Expect(machine).ToBeVisibleAsync();
        await Expect(page.GetByTestId("relate")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("travel")).ToContainTextAsync("The plant at");
    }

    [Fact]
    public async Task Places_open_and_close_by_keyboard()
    {
        foreach (var (name, model) in new[] { ("site", "site"), ("hall", "hall") })
        {
            using var registered = await Pollux.Query.Http.PutAsJsonAsync(
                $"/api/v1/assets/{Id(name)}", new { model }, TestContext.Current.CancellationToken);
            registered.EnsureSuccessStatusCode();
        }
        using var related = await Pollux.Query.Http.PutAsJsonAsync(
            $"/api/v1/assets/{Id("hall")}/relationships/part-of/{Id("site")}", new { by = "eve" }, TestContext.Current.CancellationToken);
        related.EnsureSuccessStatusCode();
        var page = await Pollux.Open("/plant");
        var (hall, toggle) = (
            page.Locator($"[data-node='{Id("hall")}']"), page.Locator($"[data-node='{Id("site")}'] > .tree-row button"));
        await Expect(hall).ToBeVisibleAsync();
        await toggle.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(hall).ToHaveCountAsync(0);
        await Expect(toggle).ToHaveAttributeAsync("aria-expanded", "false");
        await page.Keyboard.PressAsync("Space");
        await Expect(hall).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator($"[data-node='{Id("site")}'] > .tree-row a")).ToBeFocusedAsync();
    }
}

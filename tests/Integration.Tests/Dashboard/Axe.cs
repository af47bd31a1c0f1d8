using System.Text.Json;
using Microsoft.Playwright;

namespace Integration.Tests.Dashboard;

/// <summary>What axe finds on a page as it is shown.</summary>
static class Axe
{
    /// <summary>Takes a picture for people, then demands that nothing serious is found.</summary>
    public static async Task Check(IPage page, string picture)
    {
        await page.WaitForTimeoutAsync(800);
        await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, $"{picture}.png"), FullPage = true });
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"), $"{picture}: the page is wider than the screen");
        await page.AddScriptTagAsync(new() { Path = await ForeignClientTests.Package("axe-core", "axe.min.js") });
        var found = await page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => `${v.impact} ${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`)");
        Assert.Empty(found.EnumerateArray().Select(v => $"{picture}: {v.GetString()}"));
    }
}

using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The look of a page: on a desktop and a phone, light and dark.</summary>
static class Look
{
    static readonly (string Name, int Width, int Height)[] Screens = [("", 1440, 900), ("-phone", 390, 844)];

    // Only violations are worked out in detail. The second theme has the same elements in other colours.
    const string Serious = """
        async rules => (await axe.run({ resultTypes: ["violations"], ...(rules.length && { runOnly: rules }) })).violations
          .filter(v => v.impact === 'serious' || v.impact === 'critical')
          .map(v => `${v.impact} ${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`)
        """;

    static readonly string[] Colours = ["color-contrast", "link-in-text-block"];

    // Axe does not check drawings, and charts are drawn by a script with its own colours.
    const string ChartsFollowTheTheme = """
        () => {
          const shown = color => {
            const probe = document.body.appendChild(document.createElement("i"));
            probe.style.color = color;
            const seen = getComputedStyle(probe).color;
            probe.remove();
            return seen;
          };
          const text = shown("var(--mud-palette-text-secondary)");
          return [...document.querySelectorAll(".js-plotly-plot")].every(plot => plot._fullLayout && shown(plot._fullLayout.font.color) === text);
        }
        """;

    // Colours fade into the other theme; endless animations are loading indicators. The frame after the fade is the one to check.
    const string NothingMoves = """
        () => document.getAnimations().every(a => a.playState !== "running" || a.effect.getComputedTiming().iterations === Infinity)
          && new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))
        """;

    /// <summary>
    /// Takes screenshots of the page on each screen in each theme, then asserts that axe finds nothing serious and nothing is wider than
    /// the screen. Leaves the page in desktop size and the light theme.
    /// </summary>
    public static async Task At(IPage page, string name)
    {
        List<string> problems = [];
        await page.AddScriptTagAsync(new() { Path = await ForeignClientTests.Package("axe-core", "axe.min.js") });
        foreach (var (screen, width, height) in Screens)
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var dark in new[] { false, true })
            {
                var picture = $"{name}{screen}-{(dark ? "dark" : "light")}";
                await Put(page, dark);
                await page.WaitForFunctionAsync(ChartsFollowTheTheme);
                await page.WaitForFunctionAsync(NothingMoves);
                await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, $"{picture}.png"), FullPage = true });
                if (await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > window.innerWidth"))
                    problems.Add($"{picture}: the page is wider than the screen");
                var found = await page.EvaluateAsync<JsonElement>(Serious, dark ? Colours : []);
                problems.AddRange(found.EnumerateArray().Select(v => $"{picture}: {v.GetString()}"));
            }
        }
        await page.SetViewportSizeAsync(Screens[0].Width, Screens[0].Height);
        await Put(page, dark: false);
        Assert.Empty(problems);
    }

    // As when the system turns dark in the evening: the page must follow without reloading.
    static async Task Put(IPage page, bool dark)
    {
        await page.EmulateMediaAsync(
            new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await Expect(page.Locator("main")).ToHaveAttributeAsync("data-dark", dark ? "true" : "false");
    }
}

using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The look of a page: on a desktop and a phone, light and dark.</summary>
static class Look
{
    const int DeskWidth = 1440, DeskHeight = 900, PhoneWidth = 390, PhoneHeight = 844;

    static readonly string[] All = [], Colours = ["color-contrast", "link-in-text-block"];

    // The other looks have the same elements in other colours or places. On a phone, the dark theme has the colours that it has on a
    // desktop.
    static readonly (string Name, int Width, int Height, bool IsDark, string[] Rules)[] Looks =
    [
        ("-light", DeskWidth, DeskHeight, false, All), ("-phone", PhoneWidth, PhoneHeight, false, Colours),
        ("-dark", DeskWidth, DeskHeight, true, Colours),
    ];

    // Only violations are worked out in detail, and charts, of which axe checks nothing, are not walked through.
    const string Serious = """
        async rules => (await axe.run(
            { exclude: [[".main-svg"]] }, { resultTypes: ["violations"], ...(rules.length && { runOnly: rules }) })).violations
          .filter(v => v.impact === 'serious' || v.impact === 'critical')
          .map(v => `${v.impact} ${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`)
        """;

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
    /// Takes screenshots of the page on a desktop and a phone, then asserts that axe finds nothing serious and nothing is wider than
    /// the screen. Leaves the page in desktop size and the light theme.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="name">Name of the screenshots.</param>
    /// <param name="withDark">Also in the dark theme.</param>
    public static async Task At(IPage page, string name, bool withDark = false)
    {
        List<string> problems = [];
        // Not as an element, which the policy of the page refuses.
        await page.EvaluateAsync(await File.ReadAllTextAsync(await ForeignClientTests.Package("axe-core", "axe.min.js")));
        foreach (var (look, width, height, isDark, rules) in Looks.Where(l => withDark || !l.IsDark))
        {
            var picture = $"{name}{look}";
            await page.SetViewportSizeAsync(width, height);
            await Put(page, isDark);
            await page.WaitForFunctionAsync(ChartsFollowTheTheme);
            await page.WaitForFunctionAsync(NothingMoves);
            await page.ScreenshotAsync(new() { Path = Path.Combine(DashboardSystem.Screenshots, $"{picture}.png"), FullPage = true });
            if (await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > window.innerWidth"))
                problems.Add($"{picture}: the page is wider than the screen");
            var found = await page.EvaluateAsync<JsonElement>(Serious, rules);
            problems.AddRange(found.EnumerateArray().Select(v => $"{picture}: {v.GetString()}"));
        }
        await page.SetViewportSizeAsync(DeskWidth, DeskHeight);
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

using System.Text.Json;
using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The main flow without a mouse.</summary>
[Collection<OnOneDashboard>]
public class KeyboardTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    // Headings and main get focus only by script, so that screen readers start there; Tab never stops at them.
    const string Focus = """
        () => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          const marked = [element, ...element.querySelectorAll("*")].some(e => {
            const style = getComputedStyle(e);
            return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || (e.closest("svg") && e !== element && parseFloat(style.strokeWidth) >= 2 && style.stroke !== "none");
          });
          const box = element.getBoundingClientRect();
          return {
            isByProgram: element.tabIndex < 0,
            text: (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 60),
            html: element.outerHTML.slice(0, 140),
            testId: element.dataset.testid ?? "",
            isMarked: marked,
            isInSight: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
          };
        }
        """;

    // A page that was just opened takes the focus, once: a key that is pressed before that does not reach what Tab led to.
    const string Begun = "main:focus, main h1:focus";

    sealed record Stop(bool IsByProgram, string Text, string Html, string TestId, bool IsMarked, bool IsInSight);

    [Fact]
    public async Task From_the_fleet_to_the_machine_to_the_answer_by_keyboard_alone()
    {
        var asset = await Pollux.WarmMachine();
        var page = await Pollux.Open("/");

        // Fleet: past the filters to the link in the row. On a busy machine the list may be sorted anew before it hears of the focus, and
        // the key opens another machine.
        for (var attempt = 1; !page.Url.EndsWith($"/machines/{asset}", StringComparison.Ordinal); attempt++)
        {
            Assert.True(attempt <= 3, $"The key opens {page.Url} instead of {asset}.");
            if (attempt > 1) await page.GotoAsync("/");
            await Expect(page.Locator("tr[data-asset]").First).ToBeVisibleAsync();
            await TabTo(page, stop => stop.TestId == "fleet-search");
            // A short list stays in sight, however it is sorted.
            await page.Keyboard.TypeAsync(asset);
            await Expect(page.Locator($"tr[data-asset]:not([data-asset^='{asset}'])")).ToHaveCountAsync(0);
            await TabTo(page, stop => stop.Html.Contains($"/machines/{asset}\"", StringComparison.Ordinal));
            await page.Keyboard.PressAsync("Enter");
            await page.WaitForURLAsync("**/machines/*");
        }

        // Machine: back in time with the arrow keys, then live again.
        await Expect(page.Locator(Begun)).ToHaveCountAsync(1);
        await TabTo(page, stop => stop.TestId == "look-back");
        await page.Keyboard.PressAsync("Enter");
        await TabTo(page, stop => stop.TestId == "travel-slider");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.GetByTestId("travel")).ToContainTextAsync("not live");
        await TabTo(page, stop => stop.TestId == "live", backwards: true);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("travel")).Not.ToContainTextAsync("not live");

        // The navigation leads to the question about this machine.
        await TabTo(page, stop => stop.Text == "What if");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"**/what-if?asset={asset}");
        await Expect(page.Locator(Begun)).ToHaveCountAsync(1);
        await TabTo(page, stop => stop.Text == "+15 % rate");
        await page.Keyboard.PressAsync("Enter");
        await TabTo(page, stop => stop.TestId == "mode");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByTestId("sentence")).ToContainTextAsync("over 2 h");
        await TabTo(page, stop => stop.TestId == "run");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("answer")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("headline")).ToHaveTextAsync(new Regex("Melt temperature rises by"));
        await TabTo(page, stop => stop.TestId == "csv");
        var file = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        Assert.EndsWith(".csv", file.SuggestedFilename, StringComparison.Ordinal);
    }

    /// <summary>Presses Tab until the wanted element has the focus; the focus must be visible at every stop on the way.</summary>
    static async Task TabTo(IPage page, Func<Stop, bool> isThere, bool backwards = false)
    {
        List<string> passed = [];
        for (var presses = 0; presses < 150; presses++)
        {
            await page.Keyboard.PressAsync(backwards ? "Shift+Tab" : "Tab");
            if ((await page.EvaluateAsync<JsonElement?>(Focus))?.Deserialize<Stop>(JsonSerializerOptions.Web) is not { } stop) continue;
            if (stop.IsByProgram) continue;
            Assert.True(stop.IsMarked && stop.IsInSight,
                $"The focus is not seen (marked: {stop.IsMarked}, in sight: {stop.IsInSight}) on {stop.Html}");
            if (isThere(stop)) return;
            passed.Add(stop.Text);
        }
        Assert.Fail($"Tab does not lead there; it stopped at {string.Join(", ", passed)}");
    }
}

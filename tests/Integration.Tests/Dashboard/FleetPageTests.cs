using System.Globalization;
using System.Text.Json;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The list of a thousand machines in a browser.</summary>
public class FleetPageTests(FleetSystem system) : SystemTest<FleetSystem>(system), IClassFixture<FleetSystem>
{
    // Until the browser has drawn what the server made of it: no rows without machines in sight, and for a filter the number that the head says.
    const string Measure = """
        async ({ act, count }) => {
          const box = document.querySelector(".fleet"), rows = document.querySelector("[data-testid=fleet-rows]"), search = document.querySelector("[data-testid=fleet-search]");
          const frame = () => new Promise(done => requestAnimationFrame(done));
          const times = [];
          for (let i = 0; i < count; i++) {
            const began = performance.now();
            let isDone;
            if (act === "scroll") {
              const target = (box.scrollHeight - box.clientHeight) * ((i * 0.37) % 1);
              box.scrollTop = target;
              isDone = () => {
                const { top, bottom } = box.getBoundingClientRect();
                return [top + 60, (top + bottom) / 2, bottom - 20].every(y => document.elementFromPoint(box.getBoundingClientRect().left + 40, y)?.closest("tr[data-asset]"));
              };
            } else {
              const before = document.querySelector(".page-head .sub").textContent;
              search.value = i % 2 ? "" : `-${i + 10}`;
              search.dispatchEvent(new Event("input", { bubbles: true }));
              isDone = () => document.querySelector(".page-head .sub").textContent !== before && rows.querySelector("tr[data-asset]");
            }
            while (!isDone()) {
              if (performance.now() - began > 5000) return { failedAt: i, times };
              await frame();
            }
            times.push(performance.now() - began);
            await new Promise(done => setTimeout(done, 40));
          }
          return { failedAt: -1, times };
        }
        """;

    sealed record Measured(int FailedAt, double[] Times);

    [Theory]
    [InlineData("scroll")]
    [InlineData("filter")]
    public async Task A_thousand_machines_scroll_and_filter_without_a_wait(string act)
    {
        var page = await Pollux.Open("/");
        await Eventually.Get("all machines are listed", async () => await page.Locator(".fleet table").GetAttributeAsync("aria-rowcount"), count => int.Parse(count ?? "0", CultureInfo.InvariantCulture) >= FleetSystem.Machines);
        await page.EvaluateAsync<JsonElement>(Measure, new { act, count = 4 });
        var measured = (await page.EvaluateAsync<JsonElement>(Measure, new { act, count = 40 })).Deserialize<Measured>(JsonSerializerOptions.Web)!;
        Assert.True(measured.FailedAt < 0, $"the page did not answer to step {measured.FailedAt}");
        var times = measured.Times.Order().ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{act}: p50 {times[20]:0} ms, p95 {times[37]:0} ms"));
        // The aim is 100 ms; a machine that runs the whole system and other tests beside the browser has outliers, and a timed test must not fail of them.
        Assert.InRange(times[20], 0, 200);
        Assert.InRange(times[37], 0, 1000);
    }

    [Fact]
    public async Task A_machine_with_an_alarm_comes_first_and_its_row_leads_to_it()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var page = await Pollux.Open("/");
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 210, TimeProvider.System.GetUtcNow()));
        var first = page.Locator("tr[data-asset]").First;
        await Expect(first).ToHaveAttributeAsync("data-asset", asset, new() { Timeout = 15_000 });
        await Expect(first).ToContainTextAsync("210.0\u00a0bar");
        await page.GetByTestId("fleet-alarm").SelectOptionAsync("critical");
        await Expect(page.Locator("tr[data-asset]")).ToHaveCountAsync(1);
        await first.GetByRole(AriaRole.Link).ClickAsync();
        await page.WaitForURLAsync($"**/machines/{asset}");
    }
}

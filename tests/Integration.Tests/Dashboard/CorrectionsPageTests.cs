using System.Globalization;
using Contracts.Events;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>Readings corrected by a person at a browser, and a correction undone.</summary>
[Collection<OnOneDashboard>]
public class CorrectionsPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    [Fact]
    public async Task A_wrong_value_is_corrected_and_a_correction_undone()
    {
        var (asset, at) = (Pollux.NextAsset(), Micros.ToTime(Samples.Now / Micros.PerSecond * Micros.PerSecond).AddMinutes(-20));
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 82, at), ("melt-pressure", 310, at.AddSeconds(10)));
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(DashboardSystem.Value(page, "melt-pressure")).ToHaveTextAsync("310.0\u00a0bar");
        await page.GetByTestId("corrections").ClickAsync();
        await Expect(page.GetByTestId("corrections")).ToContainTextAsync("None yet");
        await page.GetByTestId("sensor").SelectOptionAsync("melt-pressure");

        await page.GetByTestId("from").FillAsync(Local(at.AddHours(-5)));
        await page.GetByTestId("to").FillAsync(Local(at.AddHours(-4)));
        await page.GetByTestId("look").ClickAsync();
        await Expect(page.GetByTestId("none")).ToContainTextAsync("no readings in this time");
        await page.GetByTestId("from").FillAsync(Local(at.AddSeconds(-5)));
        await page.GetByTestId("to").FillAsync(Local(at.AddSeconds(30)));
        await page.GetByTestId("look").ClickAsync();
        await Expect(page.GetByTestId("right")).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("correct")).ToBeDisabledAsync();
        await page.GetByTestId("right").Nth(1).FillAsync("31");
        await page.GetByTestId("right").Nth(1).BlurAsync();
        await Expect(page.GetByTestId("correct")).ToHaveTextAsync("Correct 1 value");
        await page.GetByTestId("by").FillAsync("eve");
        await page.GetByTestId("reason").FillAsync("a digit too many");
        await Look.At(page, "machine-correcting");
        await page.GetByTestId("correct").ClickAsync();
        var row = page.Locator("[data-correction]");
        await Expect(row).ToContainTextAsync("1 corrected");
        await Expect(row).ToContainTextAsync("a digit too many");
        await Eventually.Get(
            "the twin is revised", () => Pollux.Log.Events<TwinRevised>(Streams.Twin(asset)), revised => revised.Count == 1);
        var machine = await Pollux.Open($"/machines/{asset}");
        await Expect(DashboardSystem.Value(machine, "melt-pressure")).ToHaveTextAsync("31.0\u00a0bar");

        await row.GetByTestId("undo").ClickAsync();
        await row.GetByTestId("undo-reason").FillAsync("it was right");
        await row.GetByTestId("undo-send").ClickAsync();
        await Expect(row).ToContainTextAsync("undone by eve: it was right");
        await Expect(DashboardSystem.Value(machine, "melt-pressure")).ToHaveTextAsync("310.0\u00a0bar");
        await Look.At(page, "machine-corrected");
    }

    // As the browser writes it: without seconds where they are zero.
    static string Local(DateTimeOffset at) => TimeZoneInfo.ConvertTimeBySystemTimeZoneId(at, "Europe/Berlin")
        .ToString(at.Second == 0 ? "yyyy-MM-ddTHH:mm" : "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
}

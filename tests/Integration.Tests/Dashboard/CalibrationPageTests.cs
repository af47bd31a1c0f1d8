using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>Calibration in a browser: question, result, adoption, roll-back.</summary>
[Collection<OnOneDashboard>]
public class CalibrationPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    static readonly double[] SetPoints = [160, 180, 190, 200, 200];

    [Fact]
    public async Task From_a_window_to_what_was_learned_to_its_adoption_and_back()
    {
        var asset = await MachineWithAnHour();
        var page = await Pollux.Open($"/machines/{asset}/calibration");
        var (question, result, inForce) = (page.GetByTestId("question"), page.GetByTestId("result"), page.GetByTestId("in-force"));
        await Expect(inForce).ToContainTextAsync("the values of the model 'extrusion-line'");
        await Expect(result).ToContainTextAsync("Nothing calibrated yet");
        await Expect(inForce.Locator("[data-calibrated='true']")).ToHaveCountAsync(0);
        await Expect(inForce.Locator("[data-parameter='polymer.consistency'] td").First).ToContainTextAsync("527");

        await page.GetByRole(AriaRole.Button, new() { Name = "Dates…" }).ClickAsync();
        // The last hour, ready to be changed.
        await Expect(page.GetByTestId("from")).Not.ToHaveValueAsync("");
        await Expect(page.GetByTestId("to")).Not.ToHaveValueAsync("");
        await question.GetByLabel("Your name").FillAsync("eve");
        await page.GetByTestId("ask").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/calibration\\?calibration=[0-9a-f-]{36}$"));
        var id = page.Url.Split('=')[^1];

        // Whoever leaves meanwhile finds it in the list, and its result without reloading.
        await page.GotoAsync("/");
        await page.GotoAsync($"/machines/{asset}/calibration");
        await Expect(page.Locator($"[data-listed='{id}']")).ToContainTextAsync("eve");
        await Expect(result).ToHaveAttributeAsync("data-calibration", id);
        await Expect(result).ToHaveAttributeAsync("data-state", "proposed");
        await Expect(page.Locator($"[data-listed='{id}'] .mark")).ToHaveTextAsync("proposed");
        await Expect(page.Locator("[data-changed]")).ToHaveCountAsync(Pollux.Model.Estimation!.Parameters.Count);
        // The pressure is higher than by the model's values, so the melt is thicker.
        await Expect(page.Locator("[data-changed='polymer.consistency']")).Not.ToContainTextAsync("not identifiable");
        await Expect(page.Locator("[data-residual='melt-pressure']")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("hold-out")).Not.ToBeEmptyAsync();
        await Expect(inForce).ToHaveAttributeAsync("data-calibration", "");
        await Look.At(page, "calibration-proposed");

        var identified = await page.Locator("[data-changed]:not(.same)").CountAsync();
        var advice = page.GetByTestId("advice");
        // The name was typed once already.
        await Expect(advice.GetByLabel("Your name")).ToHaveValueAsync("eve");
        await advice.GetByLabel("Comment").FillAsync("new resin");
        if (await page.GetByTestId("confirm").IsVisibleAsync()) await page.GetByTestId("confirm").CheckAsync();
        await page.GetByTestId("adopt").ClickAsync();
        await Expect(page.GetByTestId("adopted")).ToContainTextAsync("adopted by eve: new resin");
        await Expect(inForce).ToHaveAttributeAsync("data-calibration", id);
        await Expect(inForce).ToContainTextAsync("by eve");
        await Expect(inForce.Locator("[data-calibrated='true']")).ToHaveCountAsync(identified);
        await Expect(page.Locator($"[data-listed='{id}'] .mark")).ToHaveTextAsync("in force");
        var shared = await Pollux.Open($"/machines/{asset}/calibration?calibration={id}");
        await Expect(shared.GetByTestId("in-force")).ToHaveAttributeAsync("data-calibration", id);
        await Look.At(page, "calibration-adopted");

        await page.GetByTestId("roll-back").ClickAsync();
        await Expect(page.GetByTestId("rolled-back")).ToContainTextAsync("by eve");
        await Expect(inForce).ToHaveAttributeAsync("data-calibration", "");
        await Expect(inForce.Locator("[data-calibrated='true']")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("roll-back")).ToHaveCountAsync(0);
        await Expect(page.Locator($"[data-listed='{id}'] .mark")).ToHaveTextAsync("rolled back");
        // Whoever looks at the same page sees it without reloading.
        await Expect(shared.GetByTestId("in-force")).ToHaveAttributeAsync("data-calibration", "");
        await Expect(shared.Locator($"[data-listed='{id}'] .mark")).ToHaveTextAsync("rolled back");
    }

    [Fact]
    public async Task A_window_that_is_not_allowed_is_refused_and_the_question_kept()
    {
        var page = await Pollux.Open($"/machines/{Pollux.NextAsset()}/calibration");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dates…" }).ClickAsync();
        await page.GetByTestId("from").FillAsync("2026-01-01T12:00");
        await page.GetByTestId("to").FillAsync("2026-01-01T12:05");
        await page.GetByTestId("question").GetByLabel("Your name").FillAsync("eve");
        await page.Locator("[data-learn='drive.efficiency']").UncheckAsync();
        await page.GetByTestId("ask").ClickAsync();
        await Expect(page.Locator(".form-problem")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("to")).ToHaveValueAsync("2026-01-01T12:05");
        await Expect(page.Locator("[data-learn='drive.efficiency']")).Not.ToBeCheckedAsync();
        await Look.At(page, "calibration-refused");
    }

    [Fact]
    public async Task A_window_without_readings_has_no_answer_and_the_page_says_why()
    {
        var page = await Pollux.Open($"/machines/{Pollux.NextAsset()}/calibration");
        await page.GetByTestId("question").GetByLabel("Your name").FillAsync("eve");
        await page.GetByTestId("ask").ClickAsync();
        await Expect(page.GetByTestId("result")).ToHaveAttributeAsync("data-state", "failed");
        await Expect(page.GetByTestId("failed")).ToContainTextAsync("Choose another one");
        await Expect(page.GetByTestId("adopt")).ToHaveCountAsync(0);
        await Look.At(page, "calibration-failed");
    }

    [Fact]
    public async Task A_calibration_that_does_not_exist_has_a_page_that_says_so()
    {
        var page = await Pollux.Open($"/machines/{Pollux.NextAsset()}/calibration?calibration={Guid.CreateVersion7()}");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no calibration");
    }

    /// <summary>A machine that ran for more than an hour until now, with a pressure that is higher than the model predicts.</summary>
    async Task<string> MachineWithAnHour()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var (now, sent) = (TimeProvider.System.GetUtcNow(), 0);
        for (var at = now.AddMinutes(-70); at <= now; at = at.AddSeconds(5))
        {
            var wave = Math.Sin(at.ToUnixTimeSeconds() / 7.0);
            (string, double, DateTimeOffset)[] values =
            [
                .. SetPoints.Select((t, i) => ($"zone-{i + 1}-set-point", t, at)),
                .. SetPoints.Select((t, i) => ($"zone-{i + 1}-temperature", t + 0.1 * wave, at)),
                ("screw-speed", 80, at), ("melt-temperature", 240.5 + 0.2 * wave, at), ("melt-pressure", 86.0 + 0.2 * wave, at),
                ("melt-flow", 50.9 + 0.1 * wave, at), ("motor-power", 9.9 + 0.02 * wave, at), ("heater-power", 3.24 + 0.02 * wave, at),
            ];
            await DashboardSystem.Publish(device, asset, values);
            sent += values.Length;
        }
        await Eventually.Get("the hour is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == sent, r => $"{r.Count}");
        return asset;
    }
}

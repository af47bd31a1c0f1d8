using Integration.Tests.Running;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>A model put in force and revised by a person at a browser.</summary>
[Collection<OnOneDashboard>]
public class ModelPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    static string Model(string id, int version, int highest) => $$"""
        schema: pollux/asset-model/1
        id: {{id}}
        name: Page kettle
        version: {{version}}
        components: [{ id: vessel, kind: vessel, name: Vessel }]
        sensors: [{ id: temperature, number: 1, component: vessel, quantity: temperature, unit: degC, physical: [-50, {{highest}}], plausible: [0, 120], interval: 1s }]
        connections: [{ topic: "pollux/{asset}/senml", payload: senml }]
        """;

    [Fact]
    public async Task A_model_is_pasted_previewed_and_put_in_force_and_then_revised()
    {
        var id = Pollux.UnregisteredAsset("page-kettle");
        var page = await Pollux.Open("/models");
        await page.GetByTestId("yaml").FillAsync(Model(id, 1, 200).Replace("degC", "furlong", StringComparison.Ordinal));
        await page.GetByTestId("preview").ClickAsync();
        await Expect(page.GetByTestId("problem")).ToContainTextAsync("sensors[0].unit");
        // Longer than a message of a page usually may be.
        await page.GetByTestId("yaml").FillAsync($"# {new string('x', 50_000)}\n{Model(id, 1, 200)}");
        await page.GetByTestId("preview").ClickAsync();
        await Expect(page.GetByTestId("changes")).ToContainTextAsync("A new model, version 1.");
        await page.GetByTestId("confirm").ClickAsync();
        await page.Locator($"[data-model='{id}'] a").ClickAsync();
        await Expect(page.GetByTestId("text")).ToContainTextAsync("Page kettle");

        await page.GetByTestId("yaml").FillAsync(Model(id, 2, 250));
        await page.GetByTestId("preview").ClickAsync();
        await Expect(page.GetByTestId("changes")).ToContainTextAsync("sensors[temperature].physical");
        await Look.At(page, "model-revised");
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("versions").Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(page.GetByTestId("text")).ToContainTextAsync("[-50, 250]");

        await page.GetByTestId("yaml").FillAsync(Model(id, 2, 260));
        await page.GetByTestId("preview").ClickAsync();
        await Expect(page.GetByTestId("refused")).ToContainTextAsync("version 3 or higher");
        await Expect(page.GetByTestId("confirm")).ToBeDisabledAsync();
    }
}

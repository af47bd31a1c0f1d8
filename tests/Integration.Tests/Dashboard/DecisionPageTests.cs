using System.Text.RegularExpressions;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>Replace or wait in a browser: question, answer, decision taken, outcome.</summary>
[Collection<OnOneDashboard>]
public class DecisionPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    [Fact]
    public async Task From_the_question_to_the_answer_to_what_was_decided()
    {
        var asset = Pollux.NextAsset();
        var page = await Pollux.Open($"/decisions?asset={asset}");
        // The form shows the model's economics in the model's currency.
        await page.GetByText("Costs and times of the model").ClickAsync();
        await Expect(page.GetByLabel("Part with seals")).ToHaveValueAsync("6500");
        await Expect(page.GetByTestId("question").GetByText("EUR", new() { Exact = true }).First).ToBeVisibleAsync();
        await page.GetByText("Assume a remaining life; ask about the past").ClickAsync();
        await page.GetByTestId("assume").CheckAsync();
        await page.GetByTestId("median").FillAsync("20");
        await page.GetByText("Run slower and wait").ClickAsync();
        // The best date would be some hours away and slightly cheaper; only the other options are compared here.
        await page.Locator("[data-option='optimal-date']").UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a planned stop" }).ClickAsync();
        await page.GetByTestId("ask").ClickAsync();

        await Expect(page.GetByTestId("advice")).ToContainTextAsync("Advice: replace now");
        await Expect(page).ToHaveURLAsync(new Regex("/decisions/[0-9a-f-]{36}$"));
        // Now, run to failure, five waits, the stop, slower.
        await Expect(page.GetByTestId("options").Locator("tbody tr")).ToHaveCountAsync(9);
        await Expect(page.GetByTestId("options").Locator("tr.is-best")).ToContainTextAsync("replace now");
        await Expect(page.GetByTestId("break-even")).ToContainTextAsync("pays off as long as the probability");
        await Expect(page.GetByTestId("tornado")).ToContainTextAsync("remaining life");

        var shared = await Pollux.Open(new Uri(page.Url).PathAndQuery);
        Assert.Equal(await page.GetByTestId("advice").InnerTextAsync(), await shared.GetByTestId("advice").InnerTextAsync());
        // The link also holds the question: asked again, it has the same answer in a new decision.
        await Expect(shared.GetByTestId("median")).ToHaveValueAsync("20");
        await Expect(shared.GetByTestId("as-of")).Not.ToHaveValueAsync("");
        await Expect(shared.Locator("[data-option='optimal-date']")).Not.ToBeCheckedAsync();
        await Expect(shared.GetByTestId("ask")).ToHaveTextAsync("Compare 9 options");
        await shared.GetByTestId("ask").ClickAsync();
        await Expect(shared).Not.ToHaveURLAsync(page.Url);
        await Expect(shared.GetByTestId("advice")).ToBeVisibleAsync();
        var (asked, again) = (
            await Pollux.Get($"/api/v1/decisions/{page.Url.Split('/')[^1]}"),
            await Pollux.Get($"/api/v1/decisions/{shared.Url.Split('/')[^1]}"));
        Assert.Equal(asked["definition"]!.ToJsonString(), again["definition"]!.ToJsonString());
        Assert.Equal(asked["answer"]!.ToJsonString(), again["answer"]!.ToJsonString());

        var take = page.GetByTestId("take");
        await take.GetByLabel("Your name").FillAsync("eve");
        await take.GetByLabel("Comment").FillAsync("spare is here");
        await take.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByTestId("taken")).ToContainTextAsync("replace now, by eve");
        await Expect(page.GetByTestId("ledger").Locator("tr.is-best")).ToContainTextAsync("taken");

        var maintenance = page.GetByTestId("maintenance");
        await maintenance.GetByLabel("It was replaced").CheckAsync();
        await maintenance.GetByLabel("Your name").FillAsync("eve");
        await maintenance.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByTestId("outcome")).ToContainTextAsync("was replaced");
        await Expect(page.GetByTestId("hindsight")).ToContainTextAsync("Closed");
        var kept = await Pollux.Get($"/api/v1/decisions/{page.Url.Split('/')[^1]}");
        Assert.Equal(("closed", "eve", "replaced"),
            ((string)kept["state"]!, (string)kept["taken"]!["by"]!, (string)kept["outcome"]!["kind"]!));

        await Look.At(page, "decision-closed");
    }

    [Fact]
    public async Task When_nothing_can_be_said_the_page_says_why_and_what_to_do()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var now = TimeProvider.System.GetUtcNow();
        for (var minute = -60; minute <= 0; minute++)
        {
            var at = now.AddMinutes(minute);
            await DashboardSystem.Publish(
                device, asset, ("bearing-vibration", 1.2 + 0.01 * (minute % 7), at), ("screw-speed", 80, at), ("melt-pressure", 82, at));
        }
        await Eventually.Get(
            "the condition is saved", () => Pollux.Get($"/api/v1/twins/{asset}/health"), health =>
                health["parts"]![0]!["condition"]!["at"] is not null);
        var page = await Pollux.Open($"/decisions?asset={asset}");
        await page.GetByText("Assume a remaining life; ask about the past").ClickAsync();
        // Before the part's history began.
        await page.GetByLabel("As of").FillAsync("2020-01-01T00:00");
        await page.GetByTestId("ask").ClickAsync();
        var notice = page.GetByTestId("notice");
        await Expect(notice).ToContainTextAsync("No prognosis is possible yet");
        await Look.At(page, "decision-cannot-say");
        await notice.GetByText("Assume a remaining life").Last.ClickAsync();
        await Expect(page.GetByTestId("median")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_question_without_meaning_is_refused_with_what_is_allowed()
    {
        var page = await Pollux.Open($"/decisions?asset={Pollux.NextAsset()}");
        await page.GetByText("Costs and times of the model").ClickAsync();
        await page.GetByLabel("P(a failure damages more), 0 to 1").FillAsync("1.5");
        await page.GetByTestId("ask").ClickAsync();
        await Expect(page.Locator(".form-problem")).ToContainTextAsync("secondaryDamageProbability");
        await Look.At(page, "decision-invalid");
    }

    [Fact]
    public async Task A_decision_that_does_not_exist_has_a_page_that_says_so()
    {
        var page = await Pollux.Open("/decisions/no-such-decision");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no decision");
    }
}

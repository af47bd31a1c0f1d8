using Grpc.Core;
using Integration.Tests.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>What a page says when there is nothing to show.</summary>
[Collection<OnOneDashboard>]
public class PageStateTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    [Fact]
    public async Task An_unknown_machine_is_named_and_the_way_back_shown()
    {
        var page = await Pollux.Open("/machines/no-such-line");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no machine 'no-such-line'");
        await Look.At(page, "unknown-machine");
        await page.GetByText("Go to the fleet").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Fleet");
    }

    [Fact]
    public async Task A_dead_link_answers_404_with_a_page()
    {
        using var answer = await Pollux.Dashboard.Http.GetAsync("/no/such/page", TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)answer.StatusCode);
        var page = await Pollux.Open("/no/such/page");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no such page");
    }

    [Fact]
    public async Task An_address_with_a_moment_that_is_none_is_not_shown_as_the_present()
    {
        var asset = Pollux.NextAsset();
        var page = await Pollux.Open("/");
        foreach (var (address, named) in new[]
        {
            ($"/machines/{asset}?validAt=yesterday", "validAt=yesterday"), ($"/machines/{asset}?knownAt=12", "knownAt=12"),
            ($"/machines/{asset}/compare?from=then", "from=then"), ("/plant?validAt=then", "validAt=then"),
            ($"/lineage?asset={asset}&sensor=melt-pressure&at=then", "at=then"), ("/audit?after=-1", "after=-1"),
        })
        {
            await page.GotoAsync(address);
            await Expect(page.GetByTestId("notice")).ToContainTextAsync($"The address says {named}; allowed: ");
        }
    }

    [Fact]
    public async Task A_machine_without_data_says_where_to_publish()
    {
        var asset = Pollux.NextAsset();
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(page.Locator(".no-data")).ToContainTextAsync($"pollux/{asset}/senml");
        await Look.At(page, "machine-no-data");
    }

    [Fact]
    public async Task A_machine_without_physics_says_what_its_model_would_need()
    {
        var asset = await Pollux.RegisterBarePump();
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(page.GetByTestId("no-axis")).ToContainTextAsync("Add a physics section to the model 'pump-sensors'");
        await page.GotoAsync($"/what-if?asset={asset}");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("This machine's model has no physics");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("Add a physics section");
        await Look.At(page, "what-if-no-physics");
        await page.GotoAsync($"/decisions?asset={asset}");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("describes no wearing part");
        await Look.At(page, "decisions-no-part");
        await page.GotoAsync($"/machines/{asset}/calibration");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("Nothing can be learned about");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("Add a section 'estimation'");
        await Look.At(page, "calibration-no-estimation");
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "Your role does not allow this", "Ask whoever administers Pollux")]
    [InlineData(StatusCode.Unauthenticated, "You are not signed in", "Sign in again")]
    public async Task A_refused_question_says_whom_to_ask(StatusCode status, string title, string step)
    {
        await using var refusing = await StandInQuery.Refusing(status);
        var page = await OpenOn(refusing.Address);
        foreach (var path in new[]
        {
            "/", "/machines/a", "/machines/a/calibration", "/what-if?asset=a", "/what-if/a", "/what-if/compare/a/b", "/decisions?asset=a",
            "/decisions/a", "/audit", "/audit/rejected", "/audit/replicas",
        })
        {
            await page.GotoAsync(path);
            var notice = page.GetByTestId("notice");
            await Expect(notice).ToHaveAttributeAsync("data-kind", "forbidden");
            await Expect(notice).ToContainTextAsync(title);
            await Expect(notice).ToContainTextAsync(step);
        }
        await Look.At(page, $"forbidden-{status}".ToLowerInvariant());
    }

    [Fact]
    public async Task A_new_installation_says_how_to_begin()
    {
        await using var empty = await StandInQuery.Empty();
        var page = await OpenOn(empty.Address);
        foreach (var (name, path, text) in new[]
        {
            ("fleet-empty", "/", "No machines yet"),
            ("what-if-no-machine", "/what-if", "Which machine?"),
            ("decisions-no-machine", "/decisions", "Which machine?"),
            ("audit-empty", "/audit", "The log is empty"),
            ("rejected-empty", "/audit/rejected", "Nothing has been rejected"),
            ("replicas-empty", "/audit/replicas", "No replica is known"),
        })
        {
            await page.GotoAsync(path);
            await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(text);
            await Look.At(page, name);
        }
    }

    [Fact]
    public async Task Without_query_every_page_says_that_it_will_come_by_itself()
    {
        var page = await OpenOn($"http://127.0.0.1:{ServiceProcess.FreePort()}");
        foreach (var (name, path) in new[]
        {
            ("fleet-away", "/"), ("machine-away", "/machines/extrusion-line"),
            ("calibration-away", "/machines/extrusion-line/calibration"), ("what-if-away", "/what-if?asset=extrusion-line"),
            ("scenario-away", "/what-if/a"), ("decisions-away", "/decisions?asset=extrusion-line"), ("audit-away", "/audit"),
            ("rejected-away", "/audit/rejected"), ("replicas-away", "/audit/replicas"),
        })
        {
            await page.GotoAsync(path);
            await Expect(page.GetByTestId("notice")).ToHaveAttributeAsync("data-kind", "away");
            await Expect(page.GetByTestId("notice")).ToContainTextAsync("This page will load by itself once the service is back");
            await Look.At(page, name);
        }
    }

    /// <summary>A page of a dashboard that uses this address of query.</summary>
    async Task<IPage> OpenOn(string query, string path = "/")
    {
        var dashboard = Pollux.DashboardOf(query);
        await dashboard.Start();
        return await Pollux.Open(path, dashboard: dashboard);
    }
}

using System.Diagnostics;
using System.Net.Http.Json;
using Integration.Tests.Running;
using Microsoft.Playwright;
using TwinModel.Telemetry;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>The log and the rejections, in a browser.</summary>
[Collection<OnOneDashboard>]
public class AuditPageTests(AnsweringDashboard system) : SystemTest<AnsweringDashboard>(system)
{
    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task An_event_shows_its_position_both_times_its_trace_and_its_readings_with_units()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await device.Publish(
            Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [new(6, Micros.From(Now.AddMinutes(-10)), 201.5)]),
            $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        await Eventually.Get("the reading is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == 1);
        var dashboard = Pollux.Service("dashboard", "Dashboard", new()
        {
            ["Dashboard__Query"] = $"http://127.0.0.1:{Pollux.Query.GrpcPort}",
            ["Dashboard__TraceUrl"] = "http://traces.example/trace/{0}",
        });
        await dashboard.Start();
        var page = await Pollux.Open($"/audit?kind=telemetry&name={asset}", dashboard: dashboard);
        var rows = page.GetByTestId("events").Locator("tr[data-position]");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.First).ToContainTextAsync("1 readings of 1 sensors");
        await Expect(rows.First.Locator("a.trace")).ToHaveAttributeAsync("href", $"http://traces.example/trace/{trace}");
        // Sample time and recording time.
        await Expect(rows.First.Locator("time")).ToHaveCountAsync(2);
        await rows.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator(".readings tbody tr")).ToContainTextAsync("201.5\u00a0°C");
        await Look.At(page, "audit-event");
    }

    [Fact]
    public async Task The_log_is_paged_backwards_and_filtered_by_stream_and_type()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        for (var i = 0; i < 60; i++)
        {
            await DashboardSystem.Publish(device, asset, ("melt-temperature", 200 + i * 0.1, Now));
            await Eventually.Get("the reading is stored", () => Pollux.Log.Readings(asset), readings => readings.Count == i + 1);
        }
        var page = await Pollux.Open("/audit");
        await page.GetByTestId("kind").SelectOptionAsync("telemetry");
        await page.GetByTestId("name").FillAsync(asset);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        var positions = page.GetByTestId("events").Locator("tr[data-position]");
        await Expect(positions).ToHaveCountAsync(50);
        var newest = await Positions(positions);
        Assert.Equal(newest.OrderDescending(), newest);
        await page.GetByTestId("older").ClickAsync();
        // The table may be drawn anew between two looks.
        var older = await Eventually.Get("the older events are shown", () => Positions(positions), shown => shown.Count() == 10);
        Assert.True(older.First() < newest[^1]);
        await page.GetByTestId("type").FillAsync("no_such_event");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Expect(page.GetByTestId("no-events")).ToContainTextAsync("no matching event");
        await Look.At(page, "audit-none");
    }

    [Fact]
    public async Task A_rejected_payload_shows_its_reason_and_is_replayed()
    {
        var asset = Pollux.NextAsset();
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("no-such-sensor", 1.5, Now));
        await Eventually.Get(
            "the payload is rejected", () => Pollux.Get($"/api/v1/rejected?asset={asset}"), list => list["items"]!.AsArray().Count == 1);
        var page = await Pollux.Open($"/audit/rejected?asset={asset}");
        var row = page.GetByTestId("rejections").Locator("tr[data-rejection]");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync("unknown-sensor");
        await Expect(row).ToContainTextAsync(Samples.SenmlTopic(asset));
        await row.Locator(".expand").ClickAsync();
        await Expect(page.GetByTestId("payload")).ToContainTextAsync("\"no-such-sensor\"");
        await page.GetByRole(AriaRole.Button, new() { Name = "Bytes" }).ClickAsync();
        await Expect(page.GetByTestId("payload")).ToContainTextAsync("0000  5b 7b");
        await row.GetByRole(AriaRole.Button, new() { Name = "Replay the payload" }).ClickAsync();
        await Expect(row.Locator(".replay-result")).ToContainTextAsync("1 still rejected");
        await Look.At(page, "rejected-replayed");
    }

    [Fact]
    public async Task What_others_have_named_or_sent_is_shown_as_text_and_never_run()
    {
        const string hostile = "<img src=x onerror=\"document.title='run'\">";
        const string labelled = "<script>document.title='run'</script>";
        var asset = Pollux.NextAsset();
        async Task Send(HttpMethod method, string path, object body)
        {
            using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
            using var answer = await Pollux.Query.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        await Send(HttpMethod.Put, $"/api/v1/assets/{asset}", new
        {
            model = "extrusion-line",
            name = hostile,
            labels = new Dictionary<string, string> { ["line"] = labelled },
        });
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await DashboardSystem.Publish(device, asset, ("melt-pressure", 210, Now));
        await device.Publish(Samples.SenmlTopic(asset), $$"""[{"n":"{{hostile.Replace("\"", "'", StringComparison.Ordinal)}}","v":1}]""");
        var alarm = await Eventually.Get(
            "the alarm is raised", async () => (await Pollux.Get($"/api/v1/twins/{asset}"))["alarms"]!.AsArray().FirstOrDefault(),
            found => found is not null);
        await Send(HttpMethod.Post, $"/api/v1/alarms/{alarm!["id"]}:acknowledge", new { by = hostile, comment = hostile });
        await Send(
            HttpMethod.Post, $"/api/v1/assets/{asset}/components/gearbox-bearing:replaced", new { by = "eve", comment = hostile });

        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(page.Locator("h1")).ToHaveTextAsync(hostile);
        await Expect(page.GetByTestId("labels")).ToContainTextAsync(labelled);
        await Expect(page.Locator(".open-alarms > .alarm").First).ToContainTextAsync($"acknowledged by {hostile}");
        await Expect(page).ToHaveTitleAsync($"{hostile} · Pollux");
        await Nothing();
        await page.GotoAsync($"/decisions?asset={asset}&component=gearbox-bearing");
        await Expect(page.GetByText(hostile).First).ToBeVisibleAsync();
        await Nothing();
        await page.GotoAsync($"/audit/rejected?asset={asset}");
        await page.GetByTestId("rejections").Locator(".expand").First.ClickAsync();
        await Expect(page.GetByTestId("payload")).ToContainTextAsync("<img src=x");
        await Nothing();

        async Task Nothing() => Assert.Equal(0, await page.EvaluateAsync<int>(
            "document.querySelectorAll('img[src=x]').length + (document.title === 'run' ? 1 : 0)"));
    }

    [Fact]
    public async Task A_machine_of_which_nothing_was_rejected_has_a_page_that_says_so()
    {
        var page = await Pollux.Open($"/audit/rejected?asset={Pollux.NextAsset()}");
        await Expect(page.GetByTestId("none-rejected")).ToContainTextAsync("has been rejected");
        await Look.At(page, "rejected-none");
    }

    [Fact]
    public async Task The_replicas_of_each_service_are_shown_with_the_machines_that_they_own()
    {
        var registered = (await Pollux.Get("/api/v1/assets?limit=500"))["items"]!.AsArray().Count;
        var page = await Pollux.Open("/audit");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Replicas" }).ClickAsync();
        await page.WaitForURLAsync("**/audit/replicas");
        foreach (var service in new[] { "ingest", "twin-state" })
        {
            var shown = page.Locator($"[data-service='{service}']");
            var active = shown.Locator("tr[data-state='active']");
            await Expect(active).ToHaveCountAsync(1);
            await Expect(active).ToHaveAttributeAsync("data-machines", $"{registered}");
            await Expect(active).ToContainTextAsync("100\u00a0%");
            await Expect(shown.GetByTestId("summary")).ToHaveTextAsync(
                $"only one active replica, the owner of {registered} machines; no other takes over if it fails");
        }
        // Without a reload: a second replica joins.
        var second = Pollux.Service("twin-state", "TwinState");
        await second.Start();
        var twins = page.Locator("[data-service='twin-state']");
        await Expect(twins.GetByTestId("summary")).ToHaveTextAsync($"2 active replicas share {registered} machines");
        var owned = await twins.Locator("tr[data-state='active']").EvaluateAllAsync<int[]>("rows => rows.map(r => +r.dataset.machines)");
        Assert.Equal((2, registered), (owned.Length, owned.Sum()));
        await Look.At(page, "replicas-two");
        await second.Kill();
        await Expect(twins.Locator("tr[data-state='active']")).ToHaveCountAsync(1);
    }

    static async Task<int[]> Positions(ILocator rows) =>
        await rows.EvaluateAllAsync<int[]>("rows => rows.map(r => Number(r.dataset.position))");
}

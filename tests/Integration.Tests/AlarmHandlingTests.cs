using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>What operators do with alarms, over REST, through the whole path.</summary>
[Collection<OnOneEstimatingSystem>]
public class AlarmHandlingTests(EstimatingSystem system) : SystemTest<EstimatingSystem>(system)
{
    const ushort Pressure = 7;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task An_alarm_is_shelved_commented_assigned_and_called_back_and_the_past_shows_each_step()
    {
        var (asset, id) = await Raise();
        var until = new DateTimeOffset(Now.AddHours(2).Ticks / 10_000_000 * 10_000_000, TimeSpan.Zero);
        var shelved = await Do(id, "shelve", new { until, reason = "sensor is being changed", by = "eve" });
        Assert.Equal(("eve", "sensor is being changed"), ((string)shelved["shelf"]!["by"]!, (string)shelved["shelf"]!["reason"]!));
        Assert.Equal(until, Time(shelved["shelf"]!["until"]));
        var position = (long)(await Pollux.Get("/api/v1/log/position"))["position"]!;

        var commented = await Do(id, "comment", new { text = "fan is dirty", by = "kim" });
        Assert.Equal("fan is dirty", (string?)commented["comments"]![0]!["text"]);
        Assert.Equal("eve", (string?)(await Do(id, "assign", new { to = "eve", by = "kim" }))["assignedTo"]);
        Assert.Null((await Do(id, "assign", new { to = (string?)null, by = "kim" }))["assignedTo"]);
        // The same again changes nothing.
        for (var i = 0; i < 2; i++) await Do(id, "unshelve", new { by = "eve" });
        await Do(id, "comment", new { text = "fan is dirty", by = "kim" });

        var then = await Pollux.Get($"/api/v1/alarms/{id}?knownAt={position}");
        Assert.Equal("eve", (string?)then["shelf"]!["by"]);
        Assert.Null(then["comments"]);
        Assert.Null((await Pollux.Get($"/api/v1/alarms/{id}"))["shelf"]);
        Assert.Equal(
            ["alarm_raised", "alarm_shelved", "alarm_commented", "alarm_assigned", "alarm_assigned", "alarm_unshelved"],
            (await Pollux.Log.Names(Streams.Twin(asset))).Where(n => n.StartsWith("alarm_", StringComparison.Ordinal)));
        var twin = await Pollux.Get($"/api/v1/twins/{asset}");
        Assert.Single(twin["alarms"]![0]!["comments"]!.AsArray());
    }

    [Fact]
    public async Task A_shelved_alarm_is_counted_apart_and_a_watcher_hears_of_every_change()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(Eventually.PatienceSeconds));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/alarms/watch");
        using var answer = await Pollux.Query.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));

        var (_, id) = await Raise();
        var raised = await Heard(reader, open => Worst(open, id) is not null, limit.Token);
        Assert.Equal(210, (double)Worst(raised, id)!["newestValue"]!);
        Assert.Equal(200, (double)Worst(raised, id)!["alarm"]!["threshold"]!);

        await Do(id, "shelve", new { until = Now.AddHours(1), reason = "known", by = "eve" });
        var shelved = await Heard(reader, open => Worst(open, id) is null, limit.Token);
        Assert.Equal((int)raised["critical"]! - 1, (int)shelved["critical"]!);
        Assert.Equal((int)raised["shelved"]! + 1, (int)shelved["shelved"]!);
        Assert.True(JsonNode.DeepEquals(shelved["critical"], (await Pollux.Get("/api/v1/alarms/open"))["critical"]));

        await Do(id, "unshelve", new { by = "eve" });
        await Do(id, "acknowledge", new { by = "eve" });
        await Heard(reader, open => (string?)Worst(open, id)?["alarm"]!["state"] == "active-acknowledged", limit.Token);
    }

    static JsonNode? Worst(JsonNode open, string id) =>
        open["worst"]!.AsArray().FirstOrDefault(w => (string?)w!["alarm"]!["id"] == id);

    static async Task<JsonNode> Heard(StreamReader reader, Func<JsonNode, bool> isIt, CancellationToken cancel)
    {
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && JsonNode.Parse(line[5..]) is { } open && isIt(open)) return open;
        }
        throw new IOException("The stream ended.");
    }

    [Fact]
    public async Task Alarms_are_counted_by_limit_with_those_that_chatter_or_are_over_at_once()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 300 * Micros.PerSecond);
        // Raised at once, cleared after 5 s below the clear value: four times, 15 s apart.
        List<Reading> readings = [];
        for (var i = 0; i < 4; i++)
        {
            var begin = at + i * 15 * Micros.PerSecond;
            readings.Add(new(Pressure, begin, 210));
            readings.Add(new(Pressure, begin + Micros.PerSecond, 150));
            readings.Add(new(Pressure, begin + 7 * Micros.PerSecond, 150));
        }
        await Publish(asset, [.. readings]);
        var rates = await Eventually.Get(
            "all four are counted", () => Pollux.Get($"/api/v1/alarms/rates?asset={asset}&from={Iso(Now.AddHours(-2))}"),
            answer => answer["limits"]!.AsArray().Any(
                l => (string?)l!["limitId"] == "melt-pressure-high" && (int)l["raised"]! == 4 && (int)l["fleeting"]! == 4),
            answer => answer.ToJsonString());
        var limit = rates["limits"]!.AsArray().Single(l => (string?)l!["limitId"] == "melt-pressure-high")!;
        Assert.Equal(2, (int)limit["chattering"]!);
        Assert.Equal((double)limit["raised"]! / (double)rates["raised"]!, (double)limit["share"]!, 6);
        Assert.Equal((double)rates["raised"]! / 2, (double)rates["perHour"]!, 2);
        Assert.Equal("acceptable", (string?)rates["verdict"]);
        Assert.Equal(0, (int)rates["standing"]!);
        var before = await Pollux.Get($"/api/v1/alarms/rates?asset={asset}&until={Iso(Now.AddHours(-2))}");
        Assert.Equal((0, "acceptable"), ((int)before["raised"]!, (string?)before["verdict"]));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_what_is_allowed()
    {
        var (asset, id) = await Raise();
        await AssertRefused(id, "shelve", new { until = Now.AddMinutes(-1), reason = "late", by = "eve" }, 400, "until");
        await AssertRefused(id, "shelve", new { until = Now.AddDays(31), reason = "long", by = "eve" }, 400, "until");
        await AssertRefused(id, "shelve", new { until = Now.AddHours(1), reason = "", by = "eve" }, 400, "reason");
        await AssertRefused(id, "shelve", new { until = Now.AddHours(1), reason = "nobody" }, 400, "by");
        await AssertRefused(id, "comment", new { text = " ", by = "eve" }, 400, "text");
        await AssertRefused(id, "assign", new { to = "a\nb", by = "eve" }, 400, "to");
        await AssertRefused("no-such-alarm", "comment", new { text = "where?", by = "eve" }, 404, null);

        await Publish(
            asset, new(Pressure, Samples.Now + Micros.PerSecond, 150), new(Pressure, Samples.Now + 8 * Micros.PerSecond, 150));
        await Do(id, "acknowledge", new { by = "eve" });
        await Eventually.Get(
            "it is closed", () => Pollux.Get($"/api/v1/alarms/{id}"), a => (string?)a["state"] == "closed", a => a.ToJsonString());
        await AssertRefused(id, "comment", new { text = "too late", by = "eve" }, 409, null);
        using var swapped = await Pollux.Query.Http.GetAsync($"/api/v1/alarms/rates?from={Iso(Now)}&until={Iso(Now.AddHours(-1))}", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, swapped.StatusCode);
    }

    async Task AssertRefused(string id, string verb, object body, int status, string? field)
    {
        using var answer = await Pollux.Query.Http.PostAsJsonAsync($"/api/v1/alarms/{id}:{verb}", body, Cancel);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((status, field), ((int)answer.StatusCode, (string?)problem["field"]));
    }

    async Task<(string Asset, string Id)> Raise()
    {
        var asset = Pollux.NextAsset();
        await Publish(asset, new Reading(Pressure, Samples.Now, 210));
        var alarm = await Eventually.Get(
            "the alarm is listed", async () => (await Pollux.Get($"/api/v1/alarms?asset={asset}&severity=critical"))["items"]!.AsArray(),
            alarms => alarms.Count == 1);
        return (asset, (string)alarm[0]!["id"]!);
    }

    async Task<JsonNode> Do(string id, string verb, object body)
    {
        using var answer = await Pollux.Query.Http.PostAsJsonAsync($"/api/v1/alarms/{id}:{verb}", body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        // A busy machine may need longer than the answer waits.
        return answer.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(text)! : await Do(id, verb, body);
    }

    async Task Publish(string asset, params Reading[] readings)
    {
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, readings));
    }

    static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using Integration.Tests.Running;
using Integration.Tests.Traces;

namespace Integration.Tests;

/// <summary>A system that exports its spans.</summary>
public sealed class TracedSystem : RunningSystem
{
    readonly int port = ServiceProcess.FreePort();
    readonly TraceReceiver receiver;

    public TracedSystem(Infrastructure infrastructure)
        : base(infrastructure) => receiver = new(port);

    internal TraceReceiver Traces => receiver;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        receiver.Dispose();
    }
}

/// <summary>One trace from the device's publish to the API's answer.</summary>
public class TraceTests(TracedSystem system) : SystemTest<TracedSystem>(system), IClassFixture<TracedSystem>
{
    [Fact]
    public async Task One_trace_leads_from_the_mqtt_publish_through_every_service_to_the_api()
    {
        var asset = Pollux.NextAsset();
        var (traceId, spanId) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await device.Publish(
            Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [new(6, Samples.Now, 201.5)]), $"00-{traceId}-{spanId}-01");

        // Each service exports in its own batches: a span may arrive well after the one that follows it.
        (string Service, string Name)[] way = [("ingest", "receive message"), ("ingest", "append readings"),
            ("twin-state", "fold readings"), ("query", "twin shown")];
        var spans = await Eventually.Get(
            "all three services have exported their spans of the trace", () => Task.FromResult(Pollux.Traces.Of(traceId)),
            found => way.All(s => found.Any(f => (f.Service, f.Name) == s)), show: found =>
                string.Join(", ", found.Select(s => $"{s.Service}: {s.Name}")));
        Assert.Equal(spanId, spans.Single(s => s.Name == "receive message").ParentId);

        // The API's answer and the log name the same trace.
        var twin = await Eventually.Get(
            "the API shows the reading", () => Pollux.Get($"/api/v1/twins/{asset}"), answer => (long)answer["readings"]! == 1);
        Assert.Contains(traceId, (string)twin["traceParent"]!, StringComparison.Ordinal);
        var events = (await Pollux.Get($"/api/v1/log/events?stream=telemetry/{asset}/*"))["items"]!.AsArray();
        Assert.Equal(traceId, (string)Assert.Single(events)!["traceId"]!);
    }

    [Fact]
    public async Task A_batch_links_the_traces_of_its_other_messages()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        string[] traces = [.. Enumerable.Range(0, 10).Select(_ => ActivityTraceId.CreateRandom().ToHexString())];
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        await Task.WhenAll(traces.Select((trace, i) => device.Publish(
            Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [new(6, at + i, 201.5)]),
            $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01")));

        await Eventually.Get(
            "every message's trace holds its append, as parent or as link",
            () => Task.FromResult(
                Pollux.Traces.All.Where(s => s.Name == "append readings").SelectMany(s => s.LinkedTraceIds.Append(s.TraceId)).ToHashSet()),
            found => traces.All(found.Contains), show: found => $"{traces.Count(found.Contains)} of {traces.Length}");
        Assert.Contains(Pollux.Traces.All, s => s.Name == "append readings" && s.LinkedTraceIds.Any(traces.Contains));
    }
}

using Ingest.Recording;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Ingest.Tests.Recording;

public class DivideReadingsTests
{
    static readonly Caller Ada = new("Ada"), Eve = new("Eve");

    static Submission Message(string topic, Caller? caller = null, string? trace = null) =>
        new("line-1", null, [], null, new(topic, default), trace, _ => { }) { Caller = caller };

    static IReadOnlyList<ReadingsOfEvent> Divide(params (Submission Of, int Readings)[] parts)
    {
        var readings = Enumerable.Range(0, parts.Sum(p => p.Readings)).Select(i => new Reading(1, i, i)).ToList();
        var events = DivideReadings.Of(new(readings, 0, [.. parts.Select(p => new Addition(p.Of, p.Readings, null))]));
        Assert.Equal(readings, events.SelectMany(e => e.Readings));
        return events;
    }

    [Fact]
    public void What_devices_send_at_the_same_time_is_one_event_with_the_first_trace()
    {
        var (a, b, c) = (Message("a"), Message("b", trace: "first"), Message("c", trace: "second"));
        var e = Assert.Single(Divide((a, 2), (b, 1), (c, 3)));
        Assert.Equal([a, b, c], e.Of);
        Assert.Equal((null, "first"), (e.Caller, e.TraceParent));
    }

    [Fact]
    public void What_people_import_is_not_in_one_event_with_what_devices_send()
    {
        var events = Divide(
            (Message("a"), 2), (Message("import", Ada), 3), (Message("import", new("Ada")), 1), (Message("import", Eve), 1),
            (Message("a"), 1));
        Assert.Equal([null, Ada, Eve, null], events.Select(e => e.Caller));
        Assert.Equal([2, 4, 1, 1], events.Select(e => e.Readings.Length));
    }

    [Fact]
    public void Many_readings_are_several_events_each_with_the_submissions_it_holds()
    {
        var (a, b) = (Message("a"), Message("b"));
        var events = Divide((a, DivideReadings.MostPerEvent - 1), (b, DivideReadings.MostPerEvent + 2), (a, 0));
        Assert.Equal([DivideReadings.MostPerEvent, DivideReadings.MostPerEvent, 1], events.Select(e => e.Readings.Length));
        Assert.Equal(["ab", "b", "b"], events.Select(e => string.Concat(e.Of.Select(s => s.Payload.Source))));
    }

    [Fact]
    public void An_event_names_few_distinct_sources_and_not_much_of_each()
    {
        var at = DateTimeOffset.UnixEpoch.AddSeconds(1);
        MessageOrigin[] origins =
        [
            new("a/senml", "gateway", at), new("a/senml", "gateway", at.AddSeconds(1)), new("a/senml", null, at),
            new(new('x', 60_000), new('y', 60_000), at), new("import:csv:a?comment=%23", null, null), new("one too many", null, at),
        ];
        var texts = MessageOrigin.Texts(origins);
        Assert.Equal("a/senml#gateway@1000000", texts[0]);
        Assert.Equal(MessageOrigin.MostPerEvent, texts.Length);
        Assert.InRange(texts.Sum(t => t.Length), 1, 400);
        Assert.Equal([origins[0], origins[2]], texts.Take(2).Select(MessageOrigin.Parse));
        Assert.Equal(origins[4], MessageOrigin.Parse(texts[3]));
    }
}

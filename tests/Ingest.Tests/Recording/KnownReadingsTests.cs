using FsCheck.Xunit;
using Ingest.Recording;
using TwinModel.Telemetry;

namespace Ingest.Tests.Recording;

public class KnownReadingsTests
{
    static Reading Sampled(long at, double value = 1, ushort sensor = 1) => new(sensor, at, value);

    [Fact]
    public void The_newest_are_remembered_and_of_older_ones_nothing_is_claimed()
    {
        var known = new KnownReadings(completeFrom: 0);
        for (var at = 1; at <= 10 * KnownReadings.Capacity; at++) known.Add(Sampled(at));
        Assert.Equal(Knowledge.Unknown, known.Check(Sampled(1)));
        Assert.Equal(Knowledge.Duplicate, known.Check(Sampled(10 * KnownReadings.Capacity)));
        Assert.Equal(Knowledge.Conflict, known.Check(Sampled(10 * KnownReadings.Capacity, 2)));
        Assert.Equal(Knowledge.New, known.Check(Sampled(10 * KnownReadings.Capacity + 1)));
        Assert.Equal(Knowledge.New, known.Check(Sampled(1, sensor: 2)));
    }

    [Fact]
    public void Before_its_beginning_only_what_was_added_is_known()
    {
        var known = new KnownReadings(completeFrom: 100);
        known.Add(Sampled(50));
        Assert.Equal([Knowledge.Duplicate, Knowledge.Unknown, Knowledge.New], new[] { 50, 99, 100 }.Select(at => known.Check(Sampled(at))));
    }

    [Property(MaxTest = 500)]
    public void It_never_calls_new_or_different_what_was_added(ushort[] times)
    {
        var known = new KnownReadings(completeFrom: 0);
        foreach (var at in times)
        {
            known.Add(Sampled(at % 300));
            foreach (var earlier in times.TakeWhile(t => t != at))
                Assert.True(known.Check(Sampled(earlier % 300)) is Knowledge.Duplicate or Knowledge.Unknown);
        }
    }
}

using Contracts.Estimates;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Query.Estimates;
using ServiceDefaults;
using TwinModel.Estimation;
using TwinModel.Telemetry;
using TwinModel.Tests.Estimation;

namespace Query.Tests;

public class PastEstimateTests
{
    const string Today = "telemetry/kettle/2026-03-01";
    const long Hours = 3600 * Micros.PerSecond;

    static readonly EstimationSetup Setup = EstimationCase.Setup;
    static readonly long FirstTick = Setup.TickOf(Micros.From(Given.Noon));
    static readonly long Start = FirstTick * Setup.TickMicros;

    static long At(double second) => Start + (long)(second * 1e6);

    static LoggedBatch Event(long version, params Reading[] readings) => new(
        Today, version, 100 + version, Given.Noon, TelemetryCodec.Encode(readings), null);

    static LoggedBatch Frame(long version, double second, double value = 200) =>
        Event(version, new(1, At(second), value + second % 7 * 0.05), new(7, At(second), 180));

    // One event per second, from the first one on.
    static List<LoggedBatch> Minutes(double minutes) => [.. Enumerable.Range(0, (int)(minutes * 60)).Select(s => Frame(s + 1, s))];

    static PastEstimate Read(IEnumerable<LoggedBatch> log, long lastTick, StoredCheckpoint? stored = null)
    {
        var past = new PastEstimate(Setup, lastTick, stored);
        foreach (var batch in log.Where(b => stored is null || b.Version > stored.Versions.From[Today])) past.Add(batch);
        return past;
    }

    static EstimateView? Made(IEnumerable<LoggedBatch> log, long lastTick, StoredCheckpoint? stored = null)
    {
        var past = Read(log, lastTick, stored);
        Assert.Null(past.LateAt);
        return past.Make("kettle");
    }

    // What the live estimate came to at the end of each tick, and the checkpoint that it has at the end of the log.
    static (Dictionary<long, string> Hashes, StoredCheckpoint Stored) Live(List<LoggedBatch> log)
    {
        var (twin, work, hashes, readings) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup), new Dictionary<long, string>(),
            new List<Reading>());
        foreach (var batch in log)
        {
            readings.Clear();
            TelemetryCodec.Decode(batch.Batch, readings);
            Assert.Null(twin.Step([.. readings], work, processed: tick => hashes[tick] = twin.Hash()).RereadFrom);
        }
        var from = log.FindIndex(b => TelemetryCodec.SampleRange(b.Batch).Last >= twin.Checkpoint!.Tick * Setup.TickMicros);
        var included = new Dictionary<string, long> { [Today] = log[^1].Version };
        return (hashes, new(twin.Checkpoint!, log[^1].Position, new(new() { [Today] = from < 0 ? included[Today] : from }, included)));
    }

    [Fact]
    public void Each_tick_has_the_hash_of_the_live_estimate_from_the_beginning_and_from_a_checkpoint()
    {
        var log = Minutes(9);
        var (hashes, stored) = Live(log);
        Assert.Equal(52, hashes.Count);
        foreach (var (tick, hash) in hashes)
        {
            var view = Made(log, tick)!;
            Assert.Equal((hash, Setup.EndOf(tick)), (view.Hash, view.At));
            if (tick >= stored.Checkpoint.Tick - 1) Assert.Equal(hash, Made(log, tick, stored)!.Hash);
        }
    }

    [Fact]
    public void A_tick_that_was_not_complete_then_is_not_shown()
    {
        Assert.Equal(Setup.EndOf(FirstTick + 3), Made(Minutes(1).Take(51), FirstTick + 5)!.At);
        Assert.Null(Made(Minutes(1).Take(20), FirstTick + 5));
        Assert.Null(Made(Minutes(1), FirstTick - 1));
    }

    [Fact]
    public void The_position_is_that_up_to_which_the_log_matters()
    {
        var log = Minutes(9);
        var view = Made(log, FirstTick + 20)!;
        // The first reading that completes the tick.
        Assert.Equal(100 + 221, view.Position);
        var again = Made(log.Where(b => b.Position <= view.Position), FirstTick + 20)!;
        Assert.Equal((view.At, view.Position, view.Hash), (again.At, again.Position, again.Hash));
    }

    [Fact]
    public void A_late_reading_that_the_checkpoint_lacks_asks_for_an_older_one()
    {
        List<LoggedBatch> log = [.. Minutes(9), Frame(541, 100.5, 190)];
        var (_, stored) = Live([.. log.Take(540)]);
        Assert.Equal(At(100.5), Read(log, FirstTick + 50, stored).LateAt);
        Assert.Equal(Live([.. log.OrderBy(b => TelemetryCodec.SampleRange(b.Batch).First)]).Hashes[FirstTick + 50],
            Made(log, FirstTick + 50)!.Hash);
        Assert.NotEqual(Made(log, FirstTick + 50)!.Hash, Made(log.Take(540), FirstTick + 50)!.Hash);
        // A checkpoint that was made after it has it.
        var including = stored with { Versions = stored.Versions with { Included = new() { [Today] = 541 } } };
        Assert.Null(Read(log, FirstTick + 50, including).LateAt);
    }

    [Fact]
    public void After_a_checkpoint_a_reading_that_came_more_than_a_day_late_changes_nothing()
    {
        var log = Minutes(9);
        var (hashes, stored) = Live(log);
        Assert.False(Read(log, FirstTick + 51, stored).IsComplete);
        log.Add(Frame(541, 24 * 3600 + 600));
        Assert.True(Read(log, FirstTick + 51, stored).IsComplete);
        log.AddRange([Frame(542, 515.5, 190), Frame(543, 100.5, 190)]);
        Assert.Equal(hashes[FirstTick + 51], Made(log, FirstTick + 51, stored)!.Hash);
        // Without a checkpoint, history may have been imported at any time.
        Assert.NotEqual(hashes[FirstTick + 51], Made(log, FirstTick + 51)!.Hash);
    }

    [Fact]
    public void Without_a_checkpoint_it_begins_a_day_before()
    {
        List<LoggedBatch> log = [.. Minutes(9), .. Enumerable.Range(0, 300).Select(s => Frame(541 + s, 23 * 3600 + s))];
        var lastTick = Setup.TickOf(At(23 * 3600 + 250));
        Assert.Equal(54 + 26, Read(log, lastTick).Ticks);
        Assert.Equal(At(0), Read(log, Setup.TickOf(At(24 * 3600)) - 1).ReadsFrom);
    }

    [Property(MaxTest = 60)]
    public Property Whatever_the_order_of_arrival_the_past_is_that_of_a_live_estimate() => Prop.ForAll(
        Histories.ToArbitrary(), history =>
        {
            var log = history.Chunk(7).Select((readings, i) => Event(i + 1, readings)).ToList();
            var (twin, work, hashes) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup), new SortedDictionary<long, string>());
            twin.Step(history, work, processed: tick => hashes[tick] = twin.Estimate(work) is null ? "" : twin.Hash());
            foreach (var lastTick in new[] { 3, 17, 42, 80, 400, 1080 + 20, 1080 + 60 }.Select(t => FirstTick + t))
            {
                var expected = hashes.LastOrDefault(h => h.Key <= lastTick).Value;
                var actual = Read(log, lastTick).Make("kettle")?.Hash;
                if ((actual ?? "") != (expected ?? "")) return false;
            }
            return true;
        });

    // Two stretches of six minutes, three hours apart; with a silence of half an hour within the first one, or none.
    static Gen<Reading[]> Histories =>
        from pause in Gen.Elements(0, 1800)
        from readings in (from isTemperature in Gen.Elements(true, false)
                          from stretch in Gen.Choose(0, 2)
                          from second in Gen.Choose(0, 360)
                          from value in Gen.Choose(0, 40)
                          let at = At(second + stretch * (stretch == 2 ? 5400 : pause + 360))
                          select isTemperature ? new Reading(1, at, 190 + value) : new Reading(7, at, 160 + value))
            .ListOf(400)
        select readings.DistinctBy(r => (r.Sensor, r.SampledAt)).ToArray();
}

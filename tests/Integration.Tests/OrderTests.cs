using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>The order in which readings arrive does not affect the twin.</summary>
[Collection<OnOneEstimatingSystem>]
public class OrderTests(EstimatingSystem system) : SystemTest<EstimatingSystem>(system)
{
    const int Frames = 600;

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_123)]
    public async Task Shuffled_doubled_and_late_readings_lead_to_the_same_bits_as_ordered_ones(int seed)
    {
        var (ordered, shuffled) = (Pollux.NextAsset(), Pollux.NextAsset());
        var random = new Random(seed);
        // Ten minutes at 1 Hz, with limits violated for a while, so that late readings affect alarm conditions.
        var start = Samples.Now - (Frames + 60) * Micros.PerSecond;
        var frames = Enumerable.Range(0, Frames)
            .Select(i => Samples.Frame(Pollux.Model, start + i * Micros.PerSecond + random.Next(900_000), i)
            .Select(r => r.Sensor == 6 && i % 100 is > 30 and < 60 ? r with { Value = 265 } : r).ToArray()).ToList();

        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        foreach (var frame in frames) await device.Publish(Samples.SenmlTopic(ordered), Samples.Senml(Pollux.Model, frame));
        await PublishShuffled(device, shuffled, [.. frames.SelectMany(f => f)], random);

        var (view, history) = await Eventually.Get(
            "both twins have every reading", () => Pollux.Twins.ViewAndHistory(ordered), saved =>
                saved.View?.Readings == Frames * 12, show: saved => $"{saved.View?.Readings} readings");
        Assert.Equal(Samples.HashOf(Pollux.Model, frames.SelectMany(f => f)), view!.StateHash);
        var other = await Eventually.Get(
            "the shuffled twin comes to the same bits", () => Pollux.Twins.ViewAndHistory(shuffled), saved =>
                saved.View?.StateHash == view.StateHash && saved.History == history,
            show: saved => $"{saved.View?.Readings} readings, hash {saved.View?.StateHash} instead of {view.StateHash}, history "
                + $"{(saved.History == history ? "equal" : "different")}");
        Assert.Equal(Frames * 12, other.View!.Readings);
        Assert.Equal(Without(view), Without(other.View));
        await Eventually.Get(
            "both estimates come to the same bits", async () => (await Estimate(ordered), await Estimate(shuffled)),
            estimates => estimates.Item1 == estimates.Item2
                && estimates.Item1.At > Micros.ToTime(start + (Frames - 40) * Micros.PerSecond));
    }

    async Task<(DateTimeOffset At, string Hash)> Estimate(string asset)
    {
        var estimate = await Pollux.Get($"/api/v1/twins/{asset}/estimate");
        return ((DateTimeOffset)estimate["at"]!, (string)estimate["hash"]!);
    }

    // Packs of random readings of any sensor and time; a third of the readings twice; the oldest minute last.
    async Task PublishShuffled(Device device, string asset, Reading[] readings, Random random)
    {
        var firstMinute = readings.Min(r => r.SampledAt) + 60 * Micros.PerSecond;
        var inTime = readings.Where(r => r.SampledAt >= firstMinute).ToArray();
        Reading[] doubled = [.. inTime, .. inTime.Where(_ => random.Next(3) == 0)];
        random.Shuffle(doubled);
        foreach (var pack in doubled.Chunk(20)) await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, pack));
        foreach (var pack in readings.Where(r => r.SampledAt < firstMinute).Chunk(20))
            await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, pack));
    }

    // The sensors as an operator sees them, without the asset's own name and position.
    static string Without(Contracts.Messages.TwinView view) => string.Join('\n', view.Sensors);
}

using System.Net.Http.Json;
using Contracts.Events;
using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>Random histories with late, doubled, corrected and retracted readings: the past is what the live twin was.</summary>
[Collection<OnOneSystem>]
public class AnyHistoryTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const int Steps = 14;

    static readonly (ushort Number, string Id, double Typical)[] Sensors = [(6, "melt-temperature", 200), (7, "melt-pressure", 190)];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData(1)]
    public async Task A_state_as_of_a_position_is_the_one_captured_there_and_the_last_one_that_of_the_right_readings_in_order(int seed)
    {
        var (random, asset, start) = (new Random(seed), Pollux.NextAsset(), Samples.Now - 3_600 * Micros.PerSecond);
        Dictionary<(ushort, long), double> recorded = [];
        List<LoggedCorrection> corrections = [];
        List<(long Position, string Hash)> captured = [];
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        for (var step = 0; step < Steps; step++)
        {
            if (step > 1 && random.Next(3) == 0) corrections.Add(await Correct(asset, random, recorded, corrections));
            else await Publish(device, asset, random, start, step, recorded);
            captured.Add(await Captured(asset));
        }
        foreach (var (position, hash) in captured) Assert.Equal(hash, await HashAt(asset, position));

        // Another asset gets what counts in the end, in order.
        var (other, right) = (Pollux.NextAsset(), recorded.Select(r => new Reading(r.Key.Item1, r.Key.Item2, r.Value)).ToList());
        new Corrections(Pollux.Model, corrections).Apply(right);
        await Pollux.Store(other, [.. right.OrderBy(r => r.SampledAt)]);
        Assert.Equal(captured[^1].Hash, (await Captured(other)).Hash);
        var rebuilt = await Pollux.Rebuild(asset);
        Assert.Equal((captured[^1].Hash, captured[^1].Hash), (rebuilt.LiveHash, rebuilt.RebuiltHash));
    }

    async Task Publish(
        Device device, string asset, Random random, long start, int step, Dictionary<(ushort, long), double> recorded)
    {
        // Mostly going on, sometimes anywhere before; some of it doubled.
        var from = random.Next(4) == 0 ? random.Next(60 * step + 1) : 60 * step;
        List<Reading> readings = [];
        for (var i = random.Next(5, 40); i > 0; i--)
        {
            var (sensor, at) = (Sensors[random.Next(Sensors.Length)], start + (from + random.Next(90)) * Micros.PerSecond);
            if (!recorded.TryGetValue((sensor.Number, at), out var value))
                recorded[(sensor.Number, at)] = value = Math.Round(sensor.Typical + 25 * random.NextDouble(), 1);
            readings.Add(new(sensor.Number, at, value));
        }
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [.. readings.Distinct()]));
        await Eventually.Get("all is recorded", async () => (await Pollux.Log.Readings(asset)).Count, n => n == recorded.Count);
    }

    async Task<LoggedCorrection> Correct(
        string asset, Random random, Dictionary<(ushort, long), double> recorded, List<LoggedCorrection> known)
    {
        var ((number, at), value) = recorded.ElementAt(random.Next(recorded.Count));
        var sensor = Sensors.Single(s => s.Number == number).Id;
        var holds = known.Where(c => c.Data is not CorrectionWithdrawn && known.Count(k => k.CorrectionId == c.CorrectionId) == 1).ToList();
        const string reason = "why", by = "eve";
        var (from, to) = (Micros.ToTime(at), Micros.ToTime(at + 45 * Micros.PerSecond));
        var (path, body) = random.Next(3) switch
        {
            0 when holds.Count > 0 => ($"/{holds[random.Next(holds.Count)].CorrectionId}:withdraw", (object)new { reason, by }),
            1 => (":retract", new { sensor, from, to, reason, by }),
            _ => ("", new { sensor, readings = new[] { new { sampledAt = from, value = value + 7.5 } }, reason, by }),
        };
        var revisions = (await Pollux.Log.Events<TwinRevised>(Streams.Twin(asset))).Count;
        using var answer = await Pollux.Query.Http.PostAsJsonAsync($"/api/v1/twins/{asset}/corrections{path}", body, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        await Eventually.Get(
            "the twin is revised", () => Pollux.Log.Events<TwinRevised>(Streams.Twin(asset)), revised => revised.Count > revisions);
        return (await new LogReader(Pollux.Database).CorrectionsOf([asset], cancel: Cancel))[asset][^1];
    }

    // Limits that late readings may have changed are derived again within a second; until then the live hash is another one.
    async Task<(long Position, string Hash)> Captured(string asset)
    {
        var end = await Pollux.Log.Position();
        var inLog = await HashAt(asset, end);
        await Eventually.Get(
            "the live twin and the log agree", async () => (string)(await Pollux.Get($"/api/v1/twins/{asset}"))["stateHash"]!,
            live => live == inLog);
        return (end, inLog);
    }

    async Task<string> HashAt(string asset, long position) =>
        (string)(await Pollux.Get($"/api/v1/twins/{asset}?knownAt={position}"))["stateHash"]!;
}

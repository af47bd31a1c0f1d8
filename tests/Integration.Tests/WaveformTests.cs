using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using Integration.Tests.Running;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>From vibration samples on the broker to features in the twin.</summary>
[Collection<OnOneSystem>]
public class WaveformTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    // Impacts at 16 per second, as at 80 r/min, each ringing at 800 Hz.
    static readonly float[] Struck = [
        .. Enumerable.Range(0, 4096).Select(i => i % 160 / 2560.0)
            .Select(t => (float)(4 * Math.Exp(-250 * t) * Math.Sin(2 * Math.PI * 800 * t)))];

    static string Pack(long at, ReadOnlySpan<float> samples, int bytesTooMany = 0)
    {
        var bytes = new byte[4 * samples.Length + bytesTooMany];
        for (var i = 0; i < samples.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), samples[i]);
        var time = string.Create(CultureInfo.InvariantCulture, $"{at / Micros.PerSecond}.{at % Micros.PerSecond:D6}");
        return $$"""[{"bt":{{time}},"n":"screw-speed","v":80},{"n":"bearing-acceleration","u":"m/s2","t":-1.6,"vd":"{{Base64Url.EncodeToString(bytes)}}"}]""";
    }

    [Fact]
    public async Task A_waveform_appears_as_features_and_a_repeated_one_changes_nothing()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        for (var i = 0; i < 3; i++) await device.Publish(Samples.SenmlTopic(asset), Pack(at, Struck));
        // Once the next message is in the twin, all three have been handled.
        await device.Publish(Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, [new(6, at, 200)]));

        var twin = await Eventually.Get(
            "the features are in the twin", () => Pollux.Twins.View(asset), twin => twin?.Readings == 6, show: t =>
                $"{t?.Readings} readings");
        var sensors = (await Pollux.Get($"/api/v1/twins/{asset}?minPosition={twin!.Position}"))["sensors"]!.AsArray();
        double Shown(string id)
        {
            var sensor = sensors.Single(s => (string)s!["id"]! == id)!;
            Assert.Equal(("good", Micros.ToTime(at - 1_600_000)), ((string)sensor["quality"]!, (DateTimeOffset)sensor["sampledAt"]!));
            return (double)sensor["value"]!;
        }
        var mean = Struck.Average(v => (double)v);
        var rms = Math.Sqrt(Struck.Average(v => (v - mean) * (v - mean)));
        Assert.Equal(rms, Shown("bearing-acceleration-rms"), 1e-5);
        Assert.Equal(Struck.Max(v => Math.Abs(v - mean)) / rms, Shown("bearing-crest"), 1e-4);
        Assert.Equal(Struck.Average(v => Math.Pow(v - mean, 4)) / Math.Pow(rms, 4), Shown("bearing-kurtosis"), 1e-3);
        Assert.True(Shown("bearing-envelope-outer-race") > 0.3);
        Assert.Equal(6, (await Pollux.Log.Readings(asset)).Count);
        Assert.Empty(await Pollux.Log.Rejections(asset));
    }

    [Fact]
    public async Task A_broken_waveform_is_listed_with_its_reason_and_bytes_and_the_rest_of_its_pack_is_taken()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now);
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        var torn = Pack(at, Struck, bytesTooMany: 3);
        await device.Publish(Samples.SenmlTopic(asset), torn);

        var rejection = (
            await Eventually.Get(
                "the rejection is listed", async () => (await Pollux.Get($"/api/v1/rejected?asset={asset}"))["items"]!.AsArray(), items =>
                    items.Count == 1))[0]!;
        Assert.Equal((1, torn), ((int)rejection["readings"]!, (string)rejection["payloadText"]!));
        var reason = Assert.Single(rejection["reasons"]!.AsArray())!;
        Assert.Equal("malformed-samples", (string)reason["code"]!);
        Assert.StartsWith("record 1: 'vd' is '16387 bytes, not a multiple of 4'", (string)reason["detail"]!, StringComparison.Ordinal);
        Assert.Equal(new(9, at, 80), Assert.Single(await Pollux.Log.Readings(asset)));
    }
}

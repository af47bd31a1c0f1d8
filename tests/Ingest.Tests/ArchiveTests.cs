using System.Text.Json;
using FsCheck.Xunit;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Ingest.Tests;

/// <summary>Blocks of the archive: whatever the events are, they come back to the byte, and no damage goes unseen.</summary>
public sealed class ArchiveTests
{
    const string Stream = "telemetry/line-1/2026-03-01";

    /// <summary>Events as they may be: regular and late, with values and headers of any kind, and bytes that are no batch.</summary>
    static List<LoggedEvent> Events(int seed, int count)
    {
        var random = new Random(seed);
        var (position, recordedAt) = (random.NextInt64(1, 1L << 40), 1772323200_000_000L);
        List<LoggedEvent> events = [];
        for (var i = 0; i < count; i++)
        {
            position += random.Next(1, 20);
            recordedAt += random.Next(1_000_000);
            events.Add(new(
                position, 7 + i, recordedAt, Id(random, 7 + i), Stream, "readings_recorded",
                random.Next(20) == 0 ? "other" : "*DEFAULT*", Headers(random, recordedAt), random.Next(20) == 0 ? """{"a": 1}""" : "{}",
                Batch(random, recordedAt)));
        }
        return events;
    }

    static Guid Id(Random random, long version) => random.Next(4) switch
    {
        0 => Guid.CreateVersion7(),
        1 => Guid.NewGuid(),
        2 => EventIds.Of(Stream, version + 1),
        _ => EventIds.Of(Stream, version),
    };

    static byte[] Batch(Random random, long at)
    {
        if (random.Next(20) == 0)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            return bytes;
        }
        List<Reading> readings = [];
        for (var sensor = random.Next(1, 4); sensor < 8; sensor += random.Next(1, 4))
        {
            for (var sample = random.Next(1, 5); sample > 0; sample--)
            {
                readings.Add(new(
                    (ushort)sensor, at - (sample * 100_000) + (random.Next(8) == 0 ? random.Next(-50, 50) : 0), Value(random),
                    random.Next(30) == 0 ? Quality.Uncertain : Quality.Good));
            }
        }
        return TelemetryCodec.Encode([.. readings], random.Next(10) == 0 ? 3 : 0);
    }

    static double Value(Random random) => random.Next(14) switch
    {
        0 => random.NextDouble(),
        1 => double.NaN,
        2 => -0.0,
        3 => random.NextInt64(1L << 53),
        4 => 1e-9 * random.Next(),
        _ => Math.Round(200 + random.NextDouble(), random.Next(3)),
    };

    static string? Headers(Random random, long recordedAt)
    {
        if (random.Next(10) == 0) return null;
        var hex = Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64()));
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["from"] = new[]
            {
                $"pollux/line-1/senml#gäteway@{recordedAt - random.Next(5000)}", $"x@{random.NextInt64(1L << 60)}",
                $"@000000000000000{random.Next(9)}",
            },
            ["traceparent"] = $"00-{hex}{hex}-{hex}-01",
            ["reason"] = $"{hex[..random.Next(16)]} {string.Concat(Enumerable.Repeat(hex, random.Next(9)))} \u0001",
        });
    }

    [Property(MaxTest = 200)]
    public void What_is_packed_comes_back_to_the_byte(int seed)
    {
        var events = Events(seed, new Random(seed).Next(1, 60));
        var block = ArchiveBlock.Pack(events);
        var back = ArchiveBlock.Unpack(block);
        Assert.Equal(events.Select(e => e with { Bytes = null }), back.Select(e => e with { Bytes = null }));
        Assert.Equal(events.Select(e => Convert.ToHexString(e.Bytes!)), back.Select(e => Convert.ToHexString(e.Bytes!)));
        Assert.Equal(events.Select(HashOf), back.Select(HashOf));
        var (positions, times) = ArchiveBlock.Times(block);
        Assert.Equal(events.Select(e => (e.Position, e.RecordedAt)), positions.Zip(times));
    }

    [Fact]
    public void Each_damaged_byte_is_found()
    {
        var block = ArchiveBlock.Pack(Events(1, 5));
        for (var i = 0; i < block.Length; i++)
        {
            var damaged = block.ToArray();
            damaged[i] ^= (byte)(1 << (i % 8));
            Assert.Throws<InvalidDataException>(() => ArchiveBlock.Unpack(damaged));
            Assert.Throws<InvalidDataException>(() => ArchiveBlock.Times(damaged));
        }
        for (var length = 0; length < block.Length; length++)
            Assert.Throws<InvalidDataException>(() => ArchiveBlock.Unpack(block[..length]));
        Assert.Throws<DamagedArchiveException>(() => Archive.Unpack(Stream, 7, 11, block[..^1]));
        Assert.Throws<DamagedArchiveException>(() => Archive.Unpack(Stream, 8, 12, block));
        Assert.Throws<DroppedReadingsException>(() => Archive.Unpack(Stream, 7, 11, null));
        Assert.Equal(5, Archive.Unpack(Stream, 7, 11, block).Length);
    }

    [Theory]
    [InlineData(10, 1.0)]
    [InlineData(1, 4.0)]
    public void Readings_of_a_line_take_few_bytes(int frames, double most)
    {
        var random = new Random(3);
        double[] levels = [160, 180, 190, 200, 200, 238, 82.1, 51, 80, 21.5, 9.82, 1.21];
        List<LoggedEvent> events = [];
        var ids = new byte[24];
        for (var i = 0; i < 4096; i++)
        {
            var recordedAt = 1772323200_000_000L + (i * frames * 1_000_000L) + random.Next(3000);
            random.NextBytes(ids);
            var trace = $"00-{Convert.ToHexStringLower(ids, 0, 16)}-{Convert.ToHexStringLower(ids, 16, 8)}-01";
            events.Add(new(
                1 + (i * 10) + random.Next(9), 1 + i, recordedAt, Guid.CreateVersion7(Micros.ToTime(recordedAt)), Stream,
                "readings_recorded", "*DEFAULT*", $$"""
                {"from": ["pollux/line-1/senml@{{recordedAt - random.Next(2000, 9000)}}"], "traceparent": "{{trace}}"}
                """, "{}",
                TelemetryCodec.Encode([.. levels.SelectMany((level, s) => Enumerable.Range(0, frames).Select(f => new Reading(
                    (ushort)(s + 1), 1772323200_000_000L + (((i * frames) + f) * 1_000_000L),
                    Math.Round(level + (random.Next(-5, 6) * (level < 20 ? 0.01 : 0.1)), 2))))])));
        }
        var block = ArchiveBlock.Pack(events);
        var each = (double)block.Length / (4096 * 12 * frames);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each:0.000} bytes a reading");
        Assert.InRange(each, 0.1, most);
        Assert.Equal(events.Select(HashOf), ArchiveBlock.Unpack(block).Select(HashOf));
    }

    static string HashOf(LoggedEvent e)
    {
        var hash = new byte[CanonicalBytes.HashBytes];
        new CanonicalBytes().Hash(e, hash, new byte[CanonicalBytes.FingerprintBytes]);
        return Convert.ToHexString(hash);
    }
}

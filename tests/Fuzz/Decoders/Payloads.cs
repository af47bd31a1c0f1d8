using System.Text;
using Contracts.Sparkplug;
using Fuzz.Mutations;
using Google.Protobuf;
using Ingest.Payloads;
using TwinModel.Assets;
using TwinModel.Telemetry;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Fuzz.Decoders;

sealed class FuzzedSenml() : FuzzedDecoder("senml", [.. Corpus.Matching("senml-*"), .. Texts.Select(Encoding.UTF8.GetBytes)],
    MutateText.All)
{
    static readonly Connection Connection = Corpus.Machine.Connections.First(c => c.Payload == PayloadFormat.SenmlJson);

    static readonly string[] Texts =
    [
        """[{"n":"oil-temperature","u":"degC","t":1772366400.123,"v":42.5},{"n":"oil-pressure","v":10}]""",
        """[{"bn":"urn:dev:press:","bt":1772366400,"bu":"Cel","bv":20,"bver":10},{"n":"T","v":1.5,"t":-5},{"n":"T","u":"K","v":300}]""",
        """[{"n":"position","v":-1e3,"quality":"uncertain"},{"n":"position","quality":"bad"},{"n":"speed","vs":"fast","s":1,"ut":5}]""",
        $$"""
        [{"n":"speed","v":80},{"n":"vibration","vd":"{{Corpus.Waveform(float32: true)}}"},
        {"n":"counts","vd":"{{Corpus.Waveform(float32: false)}}"}]
        """,
    ];

    readonly Decoded decoded = new();

    public override string? Decode(byte[] payload)
    {
        SenmlDecoder.Decode(payload, Corpus.Machine, Connection, Corpus.Now, decoded);
        return CheckReadings.Of(decoded, Corpus.Machine, mayBeEmpty: true);
    }
}

sealed class FuzzedPlain() : FuzzedDecoder("plain", [.. Corpus.Matching("plain-*"), .. Texts.Select(Encoding.UTF8.GetBytes)],
    MutateText.All)
{
    static readonly string[] Texts =
    [
        "42.5", "42.5 degC", "-1e3 K", "1.5 %", """{"value":42.5,"timestamp":"2026-03-01T12:00:00Z","unit":"degC","quality":"good"}""",
        """{"Value":null,"ts":1772366400123,"isGood":false,"extra":{"a":[1,2]}}""", """{"v":1,"uptime":1728000,"created":"2026-03-01"}""",
    ];

    readonly Decoded decoded = new();

    public override string? Decode(byte[] payload)
    {
        PlainDecoder.Decode(payload, Corpus.Machine.Sensor("oil-temperature")!, Corpus.Now, decoded);
        return CheckReadings.Of(decoded, Corpus.Machine);
    }
}

/// <summary>Samples as they are in a SenML record, base64url.</summary>
sealed class FuzzedWaveform() : FuzzedDecoder(
    "waveform", [Encoding.UTF8.GetBytes(Corpus.Waveform(float32: true)), Encoding.UTF8.GetBytes(Corpus.Waveform(float32: false))],
    [Samples])
{
    readonly Decoded decoded = new();

    // Extreme samples; the text around them stays valid.
    static byte[] Samples(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        if (!System.Buffers.Text.Base64Url.IsValid(text)) return text;
        var samples = dice.Of(MutateBytes.All)(System.Buffers.Text.Base64Url.DecodeFromUtf8(text), dice, examples);
        return System.Buffers.Text.Base64Url.EncodeToUtf8(samples);
    }

    public override string? Decode(byte[] payload)
    {
        foreach (var waveform in Corpus.Machine.Waveforms)
        {
            decoded.Clear();
            decoded.Readings.Add(new(4, Corpus.Now, 80));
            if (WaveformDecoder.Decode(payload, waveform, decoded, 0) is { } samples)
            {
                if (Array.Exists(samples, s => !waveform.Physical.Contains(s))) return "a sample that is physically impossible";
                decoded.Waveforms.Add(new(waveform, Corpus.Now, samples));
            }
            WaveformDecoder.Reduce(decoded, Corpus.Machine);
            if (CheckReadings.Of(decoded, Corpus.Machine) is { } wrong) return wrong;
        }
        return null;
    }
}

/// <summary>A payload as birth, data and death of a new node and of one that was born rightly.</summary>
sealed class FuzzedSparkplug() : FuzzedDecoder("sparkplug", Messages(), [.. MutateProtobuf.All, Packed])
{
    static readonly string[] Kinds = ["DBIRTH", "DDATA", "NBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH", "DDATA"];
    static readonly Connection Connection = Corpus.Machine.Connections.First(c => c.Payload == PayloadFormat.SparkplugB);
    static readonly SparkplugSource Source = new(Corpus.Machine, Connection);
    static readonly SparkplugTopic[] Topics = [.. Kinds.Select(kind =>
    {
        SparkplugTopic.TryParse($"spBv1.0/fuzz/{kind}/edge{(kind[0] == 'D' ? "/press-1" : "")}", out var topic);
        return topic;
    })];

    // Ten times what a payload becomes that unpacks to the largest allowed size.
    public override long MostAllocated => 128 << 20;

    readonly Decoded decoded = new();

    static List<byte[]> Messages()
    {
        var birth = new Payload
        {
            Timestamp = 1_772_366_400_000,
            Seq = 1,
            Metrics =
            {
                new Metric { Name = "bdSeq", Datatype = 4, LongValue = 0 },
                new Metric { Name = "Oil/Temperature", Alias = 1, Datatype = 9, FloatValue = 42.5f, Properties = Unit("degF") },
                new Metric { Name = "Oil/Pressure", Alias = 2, Datatype = 10, DoubleValue = 10 },
                new Metric { Name = "Ram/Position", Alias = 3, Datatype = 3, IntValue = 17 },
            },
        };
        var data = new Payload
        {
            Timestamp = 1_772_366_401_000,
            Seq = 2,
            Metrics =
            {
                new Metric { Alias = 1, FloatValue = 43, Timestamp = 1_772_366_400_500 },
                new Metric { Alias = 2, IsNull = true },
                new Metric { Alias = 3, Datatype = 1, IntValue = 0xFFFF_FFFF },
            },
        };
        return [.. Corpus.Matching("sp-*"), birth.ToByteArray(), data.ToByteArray(), Compressed(data.ToByteArray(), isGzip: true),
            Compressed(birth.ToByteArray(), isGzip: false)];

        static Payload.Types.PropertySet Unit(string unit) => new()
        {
            Keys = { "engUnit", "Quality" },
            Values = { new Payload.Types.PropertyValue { Type = 12, StringValue = unit }, new Payload.Types.PropertyValue { Type = 3,
                IntValue = 192 } },
        };
    }

    // Compressed after the mutations so far; the length of what is inside is right.
    static byte[] Packed(byte[] payload, Dice dice, IReadOnlyList<byte[]> examples) => Compressed(payload, dice.OneIn(2));

    static byte[] Compressed(byte[] payload, bool isGzip)
    {
        using var body = new MemoryStream();
        using (Stream packing = isGzip
            ? new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionLevel.Fastest)
            : new System.IO.Compression.ZLibStream(body, System.IO.Compression.CompressionLevel.Fastest)) packing.Write(payload);
        return new Payload
        {
            Uuid = "SPBV1.0_COMPRESSED",
            Seq = 2,
            Body = ByteString.CopyFrom(body.ToArray()),
            Metrics = { new Metric { Name = "algorithm", Datatype = 12, StringValue = isGzip ? "GZIP" : "DEFLATE" } },
        }.ToByteArray();
    }

    public override string? Decode(byte[] payload)
    {
        var node = new SparkplugNode();
        foreach (var topic in Topics)
        {
            SparkplugDecoder.Decode(topic, payload, node, _ => Source, Corpus.Now, decoded);
            if (CheckReadings.Of(decoded, Corpus.Machine, mayBeEmpty: true) is { } wrong) return $"{topic.Message}: {wrong}";
        }
        SparkplugDecoder.Decode(Topics[0], Examples[^4], node, _ => Source, Corpus.Now, decoded);
        SparkplugDecoder.Decode(Topics[1], payload, node, _ => Source, Corpus.Now, decoded);
        SparkplugDecoder.IsSameSession(payload, Examples[^4]);
        return CheckReadings.Of(decoded, Corpus.Machine, mayBeEmpty: true);
    }
}

/// <summary>The bytes of the events in the log: damaged ones are refused, and what can be decoded can be encoded without a loss.</summary>
sealed class FuzzedTelemetry() : FuzzedDecoder("telemetry", Batches(), MutateProtobuf.All)
{
    readonly List<Reading> readings = [], again = [];

    static List<byte[]> Batches()
    {
        static IEnumerable<Reading> Of(ushort sensor, Func<int, double> value, int step = 100_000) =>
            Enumerable.Range(0, 12).Select(i => new Reading(sensor, Corpus.Now + i * step, value(i)));

        Reading[] decimals = [.. Of(1, i => 20.5 + i / 10.0), .. Of(2, i => i)];
        Reading[] exact = [.. Of(1, i => Math.Sin(i)), .. Of(3, i => 1e300 * i, 1)];
        Reading[] qualities = [.. Of(1, i => i).Select((r, i) => r with { Quality = i % 4 == 0 ? Quality.Uncertain : Quality.Good }),
            Reading.WithoutValue(2, Corpus.Now), new(4, -5, 1)];
        return [TelemetryCodec.Encode(decimals), TelemetryCodec.Encode(exact, duplicates: 3), TelemetryCodec.Encode(qualities)];
    }

    public override string? Decode(byte[] payload)
    {
        readings.Clear();
        again.Clear();
        int duplicates;
        try
        {
            TelemetryCodec.SampleRange(payload);
            duplicates = TelemetryCodec.Decode(payload, readings);
        }
        catch (FormatException)
        {
            return null;
        }
        if (readings.Count == 0) return null;
        if (readings.FindIndex(r => !Enum.IsDefined(r.Quality)) is var bad and >= 0) return $"{readings[bad]} has no quality";
        if (duplicates < 0) return $"{duplicates} duplicates";
        TelemetryCodec.Decode(TelemetryCodec.Encode([.. readings], duplicates), again);
        // Of the same time and sensor, any may come first.
        static IEnumerable<(ushort, long, long, Quality)> Sorted(List<Reading> all) =>
            all.Select(r => (r.Sensor, r.SampledAt, BitConverter.DoubleToInt64Bits(r.Value), r.Quality)).Order();
        return Sorted(readings).SequenceEqual(Sorted(again)) ? null : "encoded again, the readings are not the same";
    }
}

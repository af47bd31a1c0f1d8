using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Plant.Sensors;

namespace Plant.Gateway;

/// <summary>SenML JSON (RFC 8428), one pack per frame. Times are written as digits because a double would round the microseconds.</summary>
sealed class SenMl(string asset) : IPayloadFormat
{
    readonly string topic = $"pollux/{asset}/senml";

    public IReadOnlyList<string> Subscriptions => [];

    public Packet? Will() => null;

    public IReadOnlyList<Packet> Birth(IReadOnlyList<Measurement> latest, long deviceMicros) => [];

    public Packet Data(Frame frame, bool historical) => new(topic, Encoding.UTF8.GetBytes(Write(frame)), "application/senml+json");

    public Packet? GatewayNews(int bufferedFrames, long deviceMicros) => null;

    public Packet? Death(long deviceMicros) => null;

    public bool AsksForRebirth(string topic, ReadOnlySpan<byte> payload) => false;

    public static string Write(Frame frame)
    {
        var text = new StringBuilder(1024).Append("[{\"bn\":\"\",\"bt\":").Append(Seconds(frame.SampledAtMicros));
        var first = true;
        foreach (var measurement in frame.Measurements)
        {
            text.Append(first ? "," : ",{");
            first = false;
            text.Append("\"n\":\"").Append(measurement.Sensor.Id).Append("\",\"u\":\"").Append(measurement.Sensor.Unit).Append("\",\"v\":")
                .Append(measurement.Value.ToString(CultureInfo.InvariantCulture));
            if (measurement.SampledAtMicros != frame.SampledAtMicros)
                text.Append(",\"t\":").Append(Seconds(measurement.SampledAtMicros - frame.SampledAtMicros));
            text.Append('}');
        }
        if (first) text.Append('}');
        if (frame.Waveform is { } waveform) Append(text, waveform, frame.SampledAtMicros);
        return text.Append(']').ToString();
    }

    // A data value as in RFC 8428: base64url of little-endian float32 samples.
    static void Append(StringBuilder text, Waveform waveform, long baseMicros)
    {
        var bytes = new byte[waveform.Samples.Length * sizeof(float)];
        for (var i = 0; i < waveform.Samples.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), waveform.Samples[i]);
        text.Append(",{\"n\":\"").Append(waveform.Id).Append("\",\"u\":\"").Append(waveform.Unit).Append("\",\"vd\":\"")
            .Append(Base64Url.EncodeToString(bytes))
            .Append("\",\"t\":").Append(Seconds(waveform.SampledAtMicros - baseMicros)).Append('}');
    }

    static string Seconds(long micros) => string.Create(CultureInfo.InvariantCulture,
        $"{(micros < 0 ? "-" : "")}{Math.Abs(micros) / 1_000_000}.{Math.Abs(micros) % 1_000_000:D6}");
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using Fuzz.Mutations;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Fuzz.Requests;

/// <summary>gRPC calls of every method in the protos: random messages, broken ones, broken frames and metadata.</summary>
/// <param name="mayBeRight">As with requests.</param>
sealed class GenerateCalls(bool mayBeRight = true)
{
    static readonly string[] Texts =
    [
        "", "x", "\0", "extrusion-line", "pump-loop", "melt-temperature", "gearbox-bearing", "2026-03-01T06:00:00Z", "é", "../..", "-1",
        new('a', 500), "\ud83d\ude00", "11111111-2222-3333-4444-555555555555", "day", "good",
    ];

    static readonly (string Name, string[] Values)[] Metadata =
    [
        ("grpc-timeout", ["1n", "5S", "0S", "-1S", "99999999H", "999999999999S", "x", "", "1Q"]),
        ("grpc-encoding", ["gzip", "deflate", "br", "x", "identity", ""]),
        ("grpc-accept-encoding", ["gzip", "x", ",,"]),
        ("x-pollux-actor", ["", "x", "engineer", new('x', 300)]),
        ("x-pollux-reason", ["cable loose", new('r', 5000)]),
        ("authorization", ["Bearer x", "x"]),
        ("x-garbage-bin", ["!!!", "AA", "=", new('A', 4000)]),
        ("traceparent", ["x"]),
    ];

    static readonly string[] ContentTypes =
    [
        "application/grpc", "application/grpc+proto", "application/grpc+json", "application/grpc;", "application/grpc-web",
        "application/json",
        "application/grpc-web-text", "text/plain", "",
    ];

    readonly List<MethodDescriptor> methods = [.. typeof(Contracts.Sparkplug.Payload).Assembly.GetTypes()
        .Select(t => t.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)).OfType<FileDescriptor>()
        .SelectMany(file => file.Services).SelectMany(service => service.Methods).OrderBy(m => m.FullName, StringComparer.Ordinal)];

    public int Methods => methods.Count;

    /// <summary>The call of a number.</summary>
    public GeneratedRequest Make(ulong seed, long number, out bool isStream)
    {
        var dice = new Dice(seed, number);
        dice.IsTame = mayBeRight && dice.OneIn(2);
        var method = dice.Of(methods);
        isStream = method.IsServerStreaming;
        var message = Message(method.InputType, dice, 0);
        var examples = new List<byte[]> { message };
        var isGarbled = false;
        while (dice.IsWild())
        {
            message = dice.Of(dice.OneIn(3) ? MutateBytes.All : MutateProtobuf.All)(message, dice, examples);
            isGarbled = true;
        }
        List<(string, string)> headers = [("te", dice.OneIn(60) ? "x" : "trailers"), ("Content-Type", ContentTypes[0])];
        if (dice.IsWild() && dice.OneIn(8)) headers[1] = ("Content-Type", dice.Of(ContentTypes));
        while (dice.OneIn(5))
        {
            var (name, values) = dice.Of(Metadata);
            headers.Add((name, dice.Of(values)));
        }
        var target = $"/{method.Service.FullName}/{method.Name}";
        if (dice.IsWild() && dice.OneIn(20)) target = dice.Of(["/", "/x", $"{target}x", target.ToUpperInvariant(),
            $"{target}/", $"/{method.Service.FullName}/"]);
        return new(dice.OneIn(80) ? "GET" : "POST", target, headers, Framed(message, dice)) { IsHttp = !isGarbled };
    }

    static byte[] Framed(byte[] message, Dice dice)
    {
        byte flag = 0;
        if (dice.IsWild() && dice.OneIn(7))
        {
            flag = (byte)(dice.OneIn(2) ? 1 : dice.Next());
            if (dice.OneIn(2)) message = Packed(message, dice.OneIn(8) ? 4 << 20 : 0);
        }
        if (dice.IsWild() && dice.OneIn(70)) message = new byte[70_000];
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(
            frame.AsSpan(1), dice.IsWild() && dice.OneIn(8) ? (uint)MutateBytes.Extreme(dice) : (uint)message.Length);
        message.CopyTo(frame, 5);
        return (dice.IsWild() ? dice.Below(13) : -1) switch
        {
            0 => frame[..dice.Below(frame.Length)],
            1 => [.. frame, .. frame],
            2 => [.. frame, .. dice.Bytes(dice.Small(50))],
            3 => [],
            _ => frame,
        };
    }

    // With zeros after it: what unpacks to more than is allowed.
    static byte[] Packed(byte[] message, int zeros)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(message);
            gzip.Write(new byte[zeros]);
        }
        return packed.ToArray();
    }

    static byte[] Message(MessageDescriptor type, Dice dice, int depth)
    {
        using var bytes = new MemoryStream();
        using (var to = new CodedOutputStream(bytes, leaveOpen: true))
        {
            foreach (var field in type.Fields.InFieldNumberOrder())
            {
                if (dice.OneIn(3) || depth > 5) continue;
                for (var times = field.IsRepeated ? dice.Small(5) : dice.IsWild() && dice.OneIn(10) ? 2 : 1; times > 0; times--)
                    Write(field, to, dice, depth);
            }
            if (dice.IsWild() && dice.OneIn(7))
            {
                to.WriteTag(2000, WireFormat.WireType.Varint);
                to.WriteUInt64(dice.Next());
            }
        }
        return bytes.ToArray();
    }

    static string TextFor(string name, Dice dice)
    {
        if (dice.IsWild()) return dice.Of(Texts);
        if (name.Contains("asset", StringComparison.OrdinalIgnoreCase) && dice.OneIn(2)) return "extrusion-line";
        return dice.IsTame && GenerateRequests.Names.TryGetValue(name, out var known) ? dice.Of(known) : dice.Of(Texts);
    }

    static void Write(FieldDescriptor field, CodedOutputStream to, Dice dice, int depth)
    {
        switch (field.FieldType)
        {
            case FieldType.Message:
                to.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                to.WriteBytes(ByteString.CopyFrom(Message(field.MessageType, dice, depth + 1)));
                break;
            case FieldType.String:
                to.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                to.WriteBytes(dice.IsWild() && dice.OneIn(13) ? ByteString.CopyFrom(0xC3)
                    : ByteString.CopyFrom(Encoding.UTF8.GetBytes(TextFor(field.JsonName, dice))));
                break;
            case FieldType.Bytes:
                to.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                to.WriteBytes(ByteString.CopyFrom(dice.Bytes(dice.Small(40))));
                break;
            case FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64:
                to.WriteTag(field.FieldNumber, WireFormat.WireType.Fixed64);
                to.WriteFixed64(dice.IsWild() ? MutateBytes.Extreme(dice) : BitConverter.DoubleToUInt64Bits(dice.Below(200) - 20));
                break;
            case FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32:
                to.WriteTag(field.FieldNumber, WireFormat.WireType.Fixed32);
                to.WriteFixed32((uint)MutateBytes.Extreme(dice));
                break;
            case FieldType.Enum or FieldType.Bool:
                to.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
                to.WriteUInt64(dice.IsWild() && dice.OneIn(2) ? MutateBytes.Extreme(dice) : (ulong)dice.Below(4));
                break;
            default:
                to.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
                // Seconds of a time, microseconds, counts.
                to.WriteUInt64((dice.IsWild() ? dice.Below(4) : field.Name switch { "nanos" => 4, "seconds" => 1, _ => 3 }) switch
                {
                    0 => MutateBytes.Extreme(dice),
                    1 => (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (ulong)dice.Below(100_000),
                    2 => (ulong)(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000),
                    4 => (ulong)dice.Below(1_000_000_000),
                    _ => (ulong)dice.Small(1000),
                });
                break;
        }
    }
}

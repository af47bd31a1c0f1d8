using System.Text;
using Plant.Line;

namespace Plant.Gateway;

/// <summary>Malformed packets like those of broken firmware: truncated, wrongly typed, too deeply nested, or random bytes.</summary>
sealed class Garbage(int seed)
{
    static readonly string[] Texts =
    [
        "", "null", "[]", "{", "[{\"n\":\"melt-pressure\",\"v\":", "[{\"n\":17,\"v\":\"hot\"}]", "[{\"n\":\"melt-pressure\",\"v\":1e999}]",
        "[{\"n\":\"no-such-sensor\",\"u\":\"furlong\",\"v\":1,\"t\":1}]", "[{\"bt\":99999999999999999999,\"n\":\"melt-pressure\",\"v\":1}]",
        "<html><body>502 Bad Gateway</body></html>",
    ];

    readonly Noise noise = new(seed);

    public bool Now(double probability) => noise.Chance(probability);

    /// <summary>A broken version of a good packet.</summary>
    public Packet Break(Packet good)
    {
        var kind = noise.Below(Texts.Length + 3);
        var payload = kind < Texts.Length ? Encoding.UTF8.GetBytes(Texts[kind]) : BreakBytes(good.Payload, kind - Texts.Length);
        return good with { Payload = payload };
    }

    byte[] BreakBytes(byte[] payload, int kind) => kind switch
    {
        0 => payload[..noise.Below(Math.Max(payload.Length, 1))],
        1 => Encoding.UTF8.GetBytes(new string('[', 20_000)),
        _ => [.. Enumerable.Range(0, 200).Select(_ => (byte)noise.Below(256))],
    };
}

using Fuzz.Mutations;

namespace Fuzz.Decoders;

/// <summary>A decoder, valid payloads of it, and how they are mutated.</summary>
/// <param name="name">As in <c>./pollux fuzz NAME</c>.</param>
/// <param name="examples">Valid payloads; a mutated one starts as one of them.</param>
/// <param name="structure">Mutations that know the format; half of all.</param>
abstract class FuzzedDecoder(string name, IReadOnlyList<byte[]> examples, IReadOnlyList<Mutation> structure)
{
    // Larger than the largest allowed one, so that the refusal of larger ones is tested too.
    const int LargestPayload = (1 << 20) + 4096;

    public string Name => name;

    public IReadOnlyList<byte[]> Examples => examples;

    /// <summary>Bytes that one payload may allocate besides those in proportion to its own.</summary>
    public virtual long MostAllocated => 4 << 20;

    /// <summary>The payload of a number; the same on every machine.</summary>
    public byte[] Payload(ulong seed, long number)
    {
        var dice = new Dice(seed, number);
        var payload = dice.Of(examples);
        // One mutation in a half of all cases, two in a quarter...
        do
        {
            payload = dice.Of(dice.OneIn(2) ? structure : MutateBytes.All)(payload, dice, examples);
            if (payload.Length > LargestPayload) payload = payload[..LargestPayload];
        }
        while (dice.OneIn(2));
        return payload;
    }

    /// <summary>Decodes a payload. Its documented refusals are caught; every other exception is a fault.</summary>
    /// <returns>What is wrong with the result; null when nothing is.</returns>
    public abstract string? Decode(byte[] payload);

    /// <summary>A number that depends on the payload alone, to choose between several ways to decode it.</summary>
    protected static int ChoiceBy(byte[] payload, int choices)
    {
        var hash = 2166136261;
        foreach (var one in payload.AsSpan(0, Math.Min(64, payload.Length))) hash = (hash ^ one) * 16777619;
        return (int)((hash ^ (uint)payload.Length) % (uint)choices);
    }
}

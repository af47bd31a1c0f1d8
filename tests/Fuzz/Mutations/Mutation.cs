namespace Fuzz.Mutations;

/// <summary>Makes another payload of one; <paramref name="examples"/> are valid ones of the same format.</summary>
delegate byte[] Mutation(byte[] payload, Dice dice, IReadOnlyList<byte[]> examples);

static class Spans
{
    /// <summary>The bytes with a range replaced.</summary>
    public static byte[] With(this byte[] bytes, int from, int removed, ReadOnlySpan<byte> inserted)
    {
        var changed = new byte[bytes.Length - removed + inserted.Length];
        bytes.AsSpan(0, from).CopyTo(changed);
        inserted.CopyTo(changed.AsSpan(from));
        bytes.AsSpan(from + removed).CopyTo(changed.AsSpan(from + inserted.Length));
        return changed;
    }
}

using System.Buffers.Binary;

namespace Fuzz.Mutations;

/// <summary>Mutations of protobuf by its fields; the lengths of those around them are mostly right again afterwards.</summary>
static class MutateProtobuf
{
    const int DeepestRead = 6;
    const int MostRepeated = 3_000;
    const int LargestField = 20;

    public static readonly Mutation[] All =
    [
        (bytes, dice, _) => Change(bytes, dice, (fields, at) => fields.RemoveAt(at)),
        (bytes, dice, _) => Change(bytes, dice, (fields, at) =>
            fields.InsertRange(at, Enumerable.Repeat(fields[at], dice.OneIn(30) ? dice.Below(MostRepeated) : 1 + dice.Small(20)))),
        (bytes, dice, _) => Change(bytes, dice, (fields, at) => fields[at] = fields[at] with { Number = dice.Below(LargestField) }),
        (bytes, dice, _) => Change(bytes, dice, (fields, at) => fields[at] = fields[at] with { Wire = dice.Below(8) }),
        (bytes, dice, _) => Change(bytes, dice, (fields, at) => fields[at] = Extreme(fields[at], dice)),
        (bytes, dice, _) => Change(bytes, dice, (fields, at) => fields[at] = Extreme(fields[at], dice)),
        (bytes, dice, _) => Change(bytes, dice, (fields, at) => fields[at] = fields[at] with { Length = MutateBytes.Extreme(dice) }),
        (bytes, dice, _) => Change(bytes, dice, (fields, at) =>
            (fields[at], fields[dice.Below(fields.Count)]) = (fields[dice.Below(fields.Count)], fields[at])),
        (bytes, dice, examples) => Change(bytes, dice, (fields, at) => fields.Insert(at,
            dice.Of(Read(dice.Of(examples), 0) is { Count: > 0 } others ? others : fields))),
        Nested,
    ];

    /// <summary>A field as it is written.</summary>
    /// <param name="Number">Of the field.</param>
    /// <param name="Wire">Wire type.</param>
    /// <param name="Value">Of wire types 0, 1 and 5.</param>
    /// <param name="Bytes">Of wire type 2.</param>
    /// <param name="Fields">The same bytes, where they can be read as a message.</param>
    /// <param name="Length">A length to be written instead of the right one.</param>
    sealed record Field(int Number, int Wire, ulong Value, byte[] Bytes, List<Field>? Fields, ulong? Length = null);

    static byte[] Change(byte[] bytes, Dice dice, Action<List<Field>, int> change)
    {
        if (Read(bytes, 0) is not { Count: > 0 } fields) return bytes;
        var place = fields;
        // A field on any level.
        while (dice.Of(place) is { Fields: { Count: > 0 } inner } && !dice.OneIn(3)) place = inner;
        change(place, dice.Below(place.Count));
        return Written(fields);
    }

    static Field Extreme(Field field, Dice dice) => field.Wire == 2
        ? field with { Fields = null, Bytes = dice.Of(MutateBytes.All)(field.Bytes, dice, [field.Bytes]) }
        : field with { Value = MutateBytes.Extreme(dice) };

    // A message in itself, again and again.
    static byte[] Nested(byte[] bytes, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var (number, depth) = (1 + dice.Below(LargestField), 1 + dice.Small(300));
        for (var i = 0; i < depth && bytes.Length < 1 << 18; i++) bytes = Written([new(number, 2, 0, bytes, null)]);
        return bytes;
    }

    static List<Field>? Read(ReadOnlySpan<byte> bytes, int depth)
    {
        List<Field> fields = [];
        while (!bytes.IsEmpty)
        {
            if (!TryVarint(ref bytes, out var tag) || tag >> 3 is 0 or > 1 << 20) return null;
            var field = new Field((int)(tag >> 3), (int)(tag & 7), 0, [], null);
            ulong value;
            switch (field.Wire)
            {
                case 0 when TryVarint(ref bytes, out value):
                    break;
                case 1 when bytes.Length >= 8:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case 5 when bytes.Length >= 4:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                    bytes = bytes[4..];
                    break;
                case 2 when TryVarint(ref bytes, out value) && value <= (ulong)bytes.Length:
                    var content = bytes[..(int)value];
                    bytes = bytes[(int)value..];
                    field = field with { Bytes = content.ToArray(), Fields = depth < DeepestRead ? Read(content, depth + 1) : null };
                    break;
                default:
                    return null;
            }
            fields.Add(field with { Value = value });
        }
        return fields;
    }

    static byte[] Written(List<Field> fields)
    {
        using var to = new MemoryStream();
        Span<byte> fixedSize = stackalloc byte[8];
        foreach (var field in fields)
        {
            WriteVarint(to, (ulong)field.Number << 3 | (uint)field.Wire);
            BinaryPrimitives.WriteUInt64LittleEndian(fixedSize, field.Value);
            if (field.Wire == 0) WriteVarint(to, field.Value);
            else if (field.Wire is 1 or 5) to.Write(fixedSize[..(field.Wire == 1 ? 8 : 4)]);
            else if (field.Wire == 2)
            {
                var content = field.Fields is { } inner ? Written(inner) : field.Bytes;
                WriteVarint(to, field.Length ?? (ulong)content.Length);
                to.Write(content);
            }
        }
        return to.ToArray();
    }

    static void WriteVarint(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }

    static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(10, bytes.Length); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }
}

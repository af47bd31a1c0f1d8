using System.Buffers.Binary;

namespace Fuzz.Mutations;

/// <summary>Mutations of Parquet by the numbers in its footer and page headers (Thrift's compact protocol), and of its pages.</summary>
static class MutateParquet
{
    const int TailLength = 8;

    public static readonly Mutation[] All = [Footer, Footer, Footer, Page, Page, InFooter, InData];

    /// <summary>A number in a Thrift structure, or the header of a field or list.</summary>
    readonly record struct Place(int From, int Count, bool IsHeader);

    static byte[] Footer(byte[] file, Dice dice, IReadOnlyList<byte[]> examples)
    {
        if (FooterOf(file) is not { } footer) return file;
        List<Place> places = [];
        if (End(file.AsSpan(0, footer.To), footer.From, places) < 0 || places.Count == 0) return file;
        return Changed(file, dice.Of(places), dice, footer, mayMove: true);
    }

    static byte[] Page(byte[] file, Dice dice, IReadOnlyList<byte[]> examples)
    {
        if (FooterOf(file) is not { } footer) return file;
        List<(List<Place> Places, int From, int End)> pages = [];
        for (var at = 4; at < footer.From;)
        {
            List<Place> places = [];
            var end = End(file.AsSpan(0, footer.From), at, places);
            if (end < 0 || places.Count < 6) break;
            pages.Add((places, at, end));
            // Type, uncompressed size, compressed size: each has its header before it.
            var size = places[5];
            at = end + Math.Max(0, Zigzag(file.AsSpan(size.From, size.Count)));
        }
        if (pages.Count == 0) return file;
        var page = dice.Of(pages);
        if (dice.OneIn(3))
        {
            // Levels and the widths and runs of the first values.
            byte[] changed = [.. file];
            changed[Math.Min(footer.From - 1, page.End + dice.Small(16))] = (byte)MutateBytes.Extreme(dice);
            return changed;
        }
        return Changed(file, dice.Of(page.Places), dice, footer, mayMove: dice.OneIn(4));
    }

    static byte[] InFooter(byte[] file, Dice dice, IReadOnlyList<byte[]> examples)
    {
        if (FooterOf(file) is not { } footer) return file;
        var changed = dice.Of(MutateBytes.All)(file[footer.From..footer.To], dice, [.. examples.Take(1)]);
        return WithTail([.. file.AsSpan(0, footer.From), .. changed, .. file.AsSpan(footer.To)], changed.Length);
    }

    static byte[] InData(byte[] file, Dice dice, IReadOnlyList<byte[]> examples)
    {
        if (FooterOf(file) is not { } footer || footer.From <= 4) return file;
        byte[] changed = [.. file];
        for (var left = 1 + dice.Small(8); left > 0; left--) changed[4 + dice.Below(footer.From - 4)] = (byte)MutateBytes.Extreme(dice);
        return changed;
    }

    static byte[] Changed(byte[] file, Place place, Dice dice, (int From, int To) footer, bool mayMove)
    {
        byte[] number;
        if (place.IsHeader)
        {
            number = [(byte)(dice.OneIn(2) ? dice.Next() : file[place.From] ^ (1ul << dice.Below(8)))];
        }
        else
        {
            using var varint = new MemoryStream();
            var value = dice.OneIn(3) ? dice.Next() % 2000 : MutateBytes.Extreme(dice);
            if (dice.OneIn(2)) value = (value << 1) ^ (ulong)((long)value >> 63);
            for (; value >= 0x80; value >>= 7) varint.WriteByte((byte)(value | 0x80));
            varint.WriteByte((byte)value);
            number = varint.ToArray();
            if (!mayMove)
            {
                Array.Resize(ref number, place.Count);
                for (var i = 0; i < number.Length; i++) number[i] = (byte)(i < number.Length - 1 ? number[i] | 0x80 : number[i] & 0x7F);
            }
        }
        var changed = file.With(place.From, place.Count, number);
        return place.From < footer.From ? changed : WithTail(changed, footer.To - footer.From + number.Length - place.Count);
    }

    static byte[] WithTail(byte[] file, int footer)
    {
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(file.Length - TailLength), footer);
        return file;
    }

    static (int From, int To)? FooterOf(byte[] file)
    {
        if (file.Length < TailLength + 4) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - TailLength));
        var to = file.Length - TailLength;
        return length <= 0 || length > to - 4 ? null : (to - length, to);
    }

    static int Zigzag(ReadOnlySpan<byte> varint)
    {
        long value = 0;
        for (var i = 0; i < Math.Min(5, varint.Length); i++) value |= (long)(varint[i] & 0x7F) << (7 * i);
        return (int)((value >> 1) ^ -(value & 1));
    }

    // The end of the structure, or a negative number if it cannot be read.
    static int End(ReadOnlySpan<byte> bytes, int at, List<Place> places)
    {
        while (at >= 0 && at < bytes.Length)
        {
            var header = bytes[at];
            if (header == 0) return at + 1;
            places.Add(new(at++, 1, IsHeader: true));
            if (header >> 4 == 0) at = Varint(bytes, at, places);
            if (at >= 0 && (header & 15) is not (1 or 2)) at = End(bytes, at, header & 15, places);
        }
        return -1;
    }

    static int End(ReadOnlySpan<byte> bytes, int at, int type, List<Place> places)
    {
        if (at >= bytes.Length) return -1;
        switch (type)
        {
            case 1 or 2 or 3:
                places.Add(new(at, 1, IsHeader: true));
                return at + 1;
            case 4 or 5 or 6:
                return Varint(bytes, at, places);
            case 7:
                return at + 8;
            case 8:
                var length = places.Count;
                at = Varint(bytes, at, places);
                return at < 0 ? at : at + Unsigned(bytes.Slice(places[length].From, places[length].Count));
            case 9 or 10:
                var (element, count) = (bytes[at] & 15, bytes[at] >> 4);
                places.Add(new(at++, 1, IsHeader: true));
                if (count == 15)
                {
                    var size = places.Count;
                    at = Varint(bytes, at, places);
                    if (at < 0) return at;
                    count = Unsigned(bytes.Slice(places[size].From, places[size].Count));
                }
                for (var i = 0; i < count && at >= 0; i++) at = End(bytes, at, element, places);
                return at;
            case 12:
                return End(bytes, at, places);
            default:
                return -1;
        }
    }

    static int Unsigned(ReadOnlySpan<byte> varint)
    {
        var value = 0;
        for (var i = 0; i < Math.Min(4, varint.Length); i++) value |= (varint[i] & 0x7F) << (7 * i);
        return value;
    }

    static int Varint(ReadOnlySpan<byte> bytes, int at, List<Place> places)
    {
        for (var i = at; i < Math.Min(bytes.Length, at + 10); i++)
        {
            if (bytes[i] >= 0x80) continue;
            places.Add(new(at, i + 1 - at, IsHeader: false));
            return i + 1;
        }
        return -1;
    }
}

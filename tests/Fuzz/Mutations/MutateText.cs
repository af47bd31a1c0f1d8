using System.Text;

namespace Fuzz.Mutations;

/// <summary>Mutations of texts by their words: JSON, CSV, YAML.</summary>
static class MutateText
{
    const int Deepest = 20_000;

    static readonly string[] Words =
    [
        "0", "-0", "1", "-1", "1e400", "-1e400", "1e-400", "1e308", "4.9e-324", "0.1", "00", "+1", ".5", "5.", "1_000", "0x10", "1e", "NaN",
        "Infinity", "-Infinity", "2147483648", "-2147483649", "9223372036854775808", "18446744073709551616", "1.7976931348623157e308",
        "79228162514264337593543950335", "79228162514264337593543950336", "268435456", "1e11", "99999999999", "253402300800", "1772366400",
        "1772366400123", "1772366400123456789", "true", "false", "null", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "\"\\x\"", "\"\\", "{}", "[]", "[", "]", "{", "}", "[{}]", "{\"\":0}", ",", ":", ";", "\t", "\n", "\r\n", "\"", "\"\"\"", "'", "#",
        "2026-03-01T12:00:00Z", "2026-02-30", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.9999999-23:59", "2026-10-25 02:30:00",
        "2026-03-29T02:30:00", "24:00:00", "good", "bad", "degC", "K", "°F", "%", "time", "sensor", "value", "unit", "quality", "n", "v",
        "u",
        "t", "bn", "bt", "bu", "bv", "bver", "vs", "vb", "vd", "s", "x_", "sep=;", "NA", "\0", "\uFEFF", "\uFFFD", "\ud83d\ude00", "İ", "ẞ",
    ];

    public static readonly Mutation[] All =
    [
        (text, dice, _) => Word(text, dice) is var (from, count) ? text.With(from, count, Encoding.UTF8.GetBytes(dice.Of(Words))) : text,
        (text, dice, _) => text.With(dice.Below(text.Length + 1), 0, Encoding.UTF8.GetBytes(dice.Of(Words))),
        (text, dice, examples) => Word(text, dice) is var (from, count) ? text.With(from, count, OtherWord(dice, examples)) : text,
        (text, dice, examples) => text.With(Word(text, dice).From, 0, OtherWord(dice, examples)),
        (text, dice, _) => Word(text, dice) is var (from, count) ? text.With(from, count, []) : text,
        (text, dice, _) => Word(text, dice) is var (from, count) ? text.With(from, 0, text.AsSpan(from, count)) : text,
        Long,
        Nested,
        Lines,
        BetweenWords,
    ];

    static byte[] OtherWord(Dice dice, IReadOnlyList<byte[]> examples)
    {
        var other = dice.Of(examples);
        var (from, count) = Word(other, dice);
        return other[from..(from + count)];
    }

    // A word or what is between two.
    static (int From, int Count) Word(byte[] text, Dice dice)
    {
        if (text.Length == 0) return (0, 0);
        var (from, to) = (dice.Below(text.Length), 0);
        var isWord = IsOfWord(text[from]);
        for (to = from + 1; to < text.Length && IsOfWord(text[to]) == isWord;) to++;
        while (from > 0 && IsOfWord(text[from - 1]) == isWord) from--;
        return (from, to - from);
    }

    static bool IsOfWord(byte one) => char.IsAsciiLetterOrDigit((char)one)
        || one is (byte)'.' or (byte)'-' or (byte)'+' or (byte)'_' or > 0x7F;

    static byte[] Long(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var (from, count) = Word(text, dice);
        var one = count == 0 ? (byte)'9' : text[from];
        // Seldom a megabyte.
        var length = dice.OneIn(300) ? (1 << 20) + dice.Below(1000) : dice.OneIn(20) ? dice.Below(70_000) : dice.Below(600);
        var repeated = new byte[length];
        Array.Fill(repeated, one);
        return text.With(from, count, repeated);
    }

    static byte[] Nested(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var (open, close) = dice.Of([("[", "]"), ("{\"a\":", "}"), ("{", "}"), ("- ", ""), ("? ", ""), ("a: ", ""), ("(", ")"), ("\"",
            "\"")]);
        var depth = dice.OneIn(30) ? dice.Below(Deepest) : dice.Small(300);
        var (from, count) = Word(text, dice);
        var nested = new StringBuilder().Insert(0, open, depth).Append(Encoding.UTF8.GetString(text, from, count));
        if (dice.OneIn(2)) nested.Insert(nested.Length, close, depth);
        return text.With(from, count, Encoding.UTF8.GetBytes(nested.ToString()));
    }

    // Lines of this text and another one: doubled, moved, or taken from there.
    static byte[] Lines(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var source = dice.OneIn(2) ? text : dice.Of(examples);
        var line = LineAt(source, dice.Below(source.Length));
        var place = LineAt(text, dice.Below(text.Length));
        return text.With(place.From, dice.OneIn(2) ? place.Count : 0, source.AsSpan(line.From, line.Count));
    }

    static (int From, int Count) LineAt(byte[] text, int at)
    {
        if (text.Length == 0) return (0, 0);
        var from = text.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        var end = text.AsSpan(at).IndexOf((byte)'\n');
        return (from, (end < 0 ? text.Length : at + end + 1) - from);
    }

    // White space and delimiters between words.
    static byte[] BetweenWords(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var (from, count) = Word(text, dice);
        return text.With(from + count, 0, Encoding.UTF8.GetBytes(dice.Of([" ", "  ", "\n", "\t", ",", ":", ": ", ";", "\"", "\u00a0",
            "\r"])));
    }
}

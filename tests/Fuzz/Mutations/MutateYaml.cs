using System.Text;

namespace Fuzz.Mutations;

/// <summary>Mutations of YAML by its nodes: anchors and what refers to them, tags, keys, kinds of scalars.</summary>
static class MutateYaml
{
    static readonly string[] Scalars =
    [
        "[]", "{}", "~", "null", "''", "\"\"", "|\n", ">-\n", "*a", "&a x", "&a [*a]", "&a {*a : *a}", "&a {b: *a}", "!!binary x",
        "!!str 1",
        "!!null x", "!a", "<<: *a", "? x", "? [a, b]", "- x", "{a: 1, a: 2}", "{a: 1, !b a: 2}", "[a, [b, [c]]]", ".inf", "-.inf", ".nan",
        "0o17", "0b1", "1:30", "2026-03-01", "yes", "1e5", "1e999", "-1", "99999999999999999999", "500ms", "1e9h", "8761h", "0s", "[1, 0]",
        "[0, .inf]", "[0, 1, 2]", "\"\\x00\"", "\"\\ud800\"", "mean(speed, 5min)", "speed / 0", "((((speed))))",
        "rate(rate(speed, 1s), 1s)",
        "%YAML 9.9", "---", "...", "--- x", "%TAG ! x", "@", "`", "\t",
    ];

    public static readonly Mutation[] All =
    [
        Scalar,
        Indented,
        Bomb,
        (text, dice, _) => Value(text, dice) is var (from, count)
            ? text.With(from, count, Encoding.UTF8.GetBytes($"&a{dice.Below(3)} {Encoding.UTF8.GetString(text, from, count)}"))
            : text,
        (text, dice, _) => Value(text, dice) is var (from, count) ? text.With(from, count, Encoding.UTF8.GetBytes($"*a{dice.Below(3)}"))
            : text,
    ];

    static byte[] Scalar(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var (from, count) = Value(text, dice);
        return text.With(from, count, Encoding.UTF8.GetBytes(dice.Of(Scalars)));
    }

    // From after a key's colon, or the opening of a list or mapping, to the end of the value.
    static (int From, int Count) Value(byte[] text, Dice dice)
    {
        var start = dice.Below(text.Length);
        var after = text.AsSpan(start).IndexOfAny(":[{,"u8);
        if (after < 0) return (start, 0);
        var from = start + after + 1;
        if (from < text.Length && text[from] == ' ') from++;
        var end = text.AsSpan(from).IndexOfAny(",}]\n"u8);
        return (from, end < 0 ? text.Length - from : end);
    }

    static byte[] Indented(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var line = text.AsSpan(0, dice.Below(text.Length + 1)).LastIndexOf((byte)'\n') + 1;
        return dice.OneIn(2) && line < text.Length && text[line] == ' '
            ? text.With(line, 1, [])
            : text.With(line, 0, dice.OneIn(2) ? "  "u8 : " "u8);
    }

    // Each name stands for several of the one before: a few lines mean more nodes than fit into memory.
    static byte[] Bomb(byte[] text, Dice dice, IReadOnlyList<byte[]> examples)
    {
        var (depth, width, isMapping) = (1 + dice.Small(40), 1 + dice.Below(9), dice.OneIn(2));
        var bomb = new StringBuilder("\nbomb:\n  - &b0 x\n");
        for (var i = 1; i <= depth; i++)
        {
            var entries = Enumerable.Range(0, width).Select(e => isMapping ? $"k{e}: *b{i - 1}" : $"*b{i - 1}");
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"  - &b{i} {(isMapping ? '{' : '[')}{string.Join(", ", entries)}{(isMapping ? '}' : ']')}\n");
        }
        // Named where a value is expected, and perhaps as a key.
        var (from, count) = Value(text, dice);
        var named = text.With(from, count, Encoding.UTF8.GetBytes(dice.OneIn(4) ? $"{{ *b{depth} : x }}" : $"*b{depth}"));
        // A name has to come before what refers to it.
        return [.. Encoding.UTF8.GetBytes(bomb.ToString()), .. named];
    }
}

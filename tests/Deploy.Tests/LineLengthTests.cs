namespace Deploy.Tests;

/// <summary>Enforces the line length in .editorconfig, which the formatter does not check.</summary>
public class LineLengthTests
{
    const string Raw = "\"\"\"";

    [Fact]
    public void No_line_of_code_is_longer_than_the_editor_settings_allow()
    {
        var setting = File.ReadLines(Tool.In(".editorconfig")).Single(l => l.StartsWith("max_line_length", StringComparison.Ordinal));
        var most = int.Parse(setting.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal("", string.Join('\n', Files().SelectMany(file => TooLong(file, most))));
    }

    static IEnumerable<string> Files() => new[] { "contracts", "services", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Tool.In(folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    // Raw strings are data, such as a device's payload or a table from a paper. Doubled quotes in a verbatim string do not delimit one.
    static IEnumerable<string> TooLong(string file, int most)
    {
        var isRaw = false;
        foreach (var (number, line) in File.ReadLines(file).Index())
        {
            var hasRaw = line.Contains(Raw, StringComparison.Ordinal) && !line.Contains("@\"", StringComparison.Ordinal);
            if (line.Length > most && !isRaw && !hasRaw) yield return $"{file}:{number + 1} has {line.Length} columns";
            if (hasRaw && line.Split(Raw).Length % 2 == 0) isRaw = !isRaw;
        }
    }
}

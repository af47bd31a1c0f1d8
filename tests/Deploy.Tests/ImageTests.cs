using System.Text.RegularExpressions;

namespace Deploy.Tests;

/// <summary>An image holds what a build made of the sources, and says which sources.</summary>
public partial class ImageTests
{
    static readonly string[] Lines = File.ReadAllText(Tool.In("services", "Dockerfile"))
        .Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');

    // Those of the last stage; the others are thrown away.
    static IEnumerable<string> Shipped => Lines.Skip(Array.FindLastIndex(Lines, l => l.StartsWith("FROM ", StringComparison.Ordinal)));

    [Fact]
    public void It_holds_nothing_but_the_build_s_output_and_the_models()
    {
        Assert.Equal(
            ["COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo", "COPY contracts/assets /assets", "COPY --from=build /app ."],
            Shipped.Where(l => l.StartsWith("COPY", StringComparison.Ordinal) || l.StartsWith("ADD", StringComparison.Ordinal)));
        Assert.DoesNotContain(Shipped, l => l.StartsWith("RUN", StringComparison.Ordinal));
        Assert.Equal("USER $APP_UID", Shipped.Single(l => l.StartsWith("USER", StringComparison.Ordinal)));
    }

    // A secret given to a build stays in its history.
    [Fact]
    public void Nothing_that_is_secret_is_given_to_the_build() => Assert.DoesNotContain(Lines, l => Secret().IsMatch(l));

    [Fact]
    public void What_the_build_can_see_is_named()
    {
        var lines = File.ReadAllLines(Tool.In(".dockerignore"));
        Assert.Equal("*", lines[0]);
        Assert.Equal(
            ["!global.json", "!.editorconfig", "!Directory.*", "!contracts", "!services"], lines.Where(l => l.StartsWith('!')));
        Assert.Superset(new HashSet<string> { "**/bin", "**/obj" }, lines.ToHashSet());
        Assert.All(
            Lines.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal)),
            l => Assert.All(l.Split(' ')[1..^1], from => Assert.Contains($"!{from}", lines.Append("!contracts/assets")
                .Append("!Directory.Build.props").Append("!Directory.Packages.props"))));
    }

    [Theory]
    [InlineData("title")]
    [InlineData("version")]
    [InlineData("revision")]
    [InlineData("created")]
    [InlineData("source")]
    [InlineData("base.name")]
    public void It_says_of_what_it_is_made(string label)
    {
        var labels = Shipped.Single(l => l.StartsWith("LABEL", StringComparison.Ordinal));
        var value = Regex.Match(labels, $"org\\.opencontainers\\.image\\.{label}=\"([^\"]+)\"").Groups[1].Value;
        Assert.NotEqual("", value);
        // Whatever is not said when an image is built would be that of all images.
        if (value.StartsWith('$'))
            Assert.Contains($"\"{value[1..]}=", File.ReadAllText(Tool.In("deploy", "local", "images.sh")), StringComparison.Ordinal);
    }

    [GeneratedRegex("(ARG|ENV|RUN).*(password|secret|token|api_?key)", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}

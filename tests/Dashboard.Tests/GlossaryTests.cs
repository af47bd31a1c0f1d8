using System.Text.RegularExpressions;
using Dashboard.Shown;

namespace Dashboard.Tests;

public partial class GlossaryTests
{
    [Fact]
    public void Words_are_in_order_and_each_is_explained_in_sentences()
    {
        var terms = Glossary.All.Select(t => t.Term).ToList();
        Assert.Equal(terms.Order(StringComparer.OrdinalIgnoreCase), terms);
        Assert.All(Glossary.All, t => Assert.EndsWith(".", t.Meaning, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_word_that_a_page_explains_is_in_the_glossary()
    {
        var pages = Path.Combine(Repository(), "services", "dashboard");
        var used = Directory.EnumerateFiles(pages, "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => Used().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value)).Distinct().ToList();
        Assert.NotEmpty(used);
        Assert.All(used, term => Assert.NotEmpty(Glossary.Of(term)));
    }

    static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Pollux.slnx"))) directory = directory.Parent;
        return directory.FullName;
    }

    [GeneratedRegex("<Term Of=\"([^\"]+)\"")]
    private static partial Regex Used();
}

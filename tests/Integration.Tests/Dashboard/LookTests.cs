using System.Text.RegularExpressions;
using Integration.Tests.Running;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>
/// Every page with content; tests that put pages into an empty or error state check their look there.
/// </summary>
public partial class LookTests(LivelySystem system) : SystemTest<LivelySystem>(system), IClassFixture<LivelySystem>
{
    /// <summary>Name of the screenshots, and the address as declared by the page, possibly with a query string.</summary>
    public static TheoryData<string, string> Pages => new()
    {
        { "fleet", "/" },
        { "alarms", "/alarms?state=all" },
        { "plant", "/plant?asset={Asset}" },
        { "machine", "/machines/{Asset}" },
        { "machine-past", "/machines/{Asset}?validAt={Then}&knownAt={Then}" },
        { "machine-no-physics", "/machines/{Pump}" },
        { "machine-corrections", "/machines/{Asset}/corrections" },
        { "machine-compare", "/machines/{Asset}/compare?from={Then}" },
        { "calibration", "/machines/{Asset}/calibration" },
        { "what-if", "/what-if?asset={Asset}" },
        { "what-if-answer", "/what-if/{ScenarioId}" },
        { "what-if-steady", "/what-if/{A}" },
        { "what-if-compare", "/what-if/compare/{A}/{B}" },
        { "decisions", "/decisions?asset={Asset}" },
        { "decision", "/decisions/{Id}" },
        { "audit", "/audit" },
        { "lineage", "/lineage?asset={Asset}&sensor=melt-temperature" },
        { "rejected", "/audit/rejected" },
        { "replicas", "/audit/replicas" },
        { "policies", "/policies" },
        { "models", "/models" },
        { "model", "/models/{Model}" },
        { "glossary", "/glossary" },
        { "not-found", "/not-found" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_readable_in_both_themes_and_on_a_phone(string name, string address)
    {
        var page = await Pollux.Open(WithIds(address, name => Pollux.Addresses[name]));
        await Expect(page.Locator(".loading")).ToHaveCountAsync(0);
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.chart')].every(chart => chart.querySelector('.main-svg'))");
        await Look.At(page, name, withDark: true);
    }

    [Fact]
    public void No_page_is_forgotten()
    {
        var declared = Directory.EnumerateFiles(
            Path.Combine(Infrastructure.Repository, "services", "dashboard"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => Declaration().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
                .Order(StringComparer.Ordinal).ToList();
        Assert.Contains("/machines/{Asset}", declared);
        Assert.Equal(declared, Pages.Select(row => row.Data.Item2.Split('?')[0]).Intersect(declared).Order(StringComparer.Ordinal));
    }

    /// <summary>The address of a page with its parameters.</summary>
    public static string WithIds(string address, Func<string, string> idOf) =>
        Parameter().Replace(address, name => idOf(name.Groups[1].Value));

    [GeneratedRegex("""^@page "([^"]+)""", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}

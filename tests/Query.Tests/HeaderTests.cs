using System.Net;
using System.Text.RegularExpressions;

namespace Query.Tests;

/// <summary>What browsers are told about every answer, of pages, of data and of refusals.</summary>
public partial class HeaderTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/twins", HttpStatusCode.OK)]
    [InlineData("/api/v1/twins/nobody", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/twins?limit=0", HttpStatusCode.BadRequest)]
    // The log is not there: an exception that nobody expects would forget what was set before.
    [InlineData("/api/v1/log/events", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/", HttpStatusCode.Redirect)]
    [InlineData("/scalar/", HttpStatusCode.OK)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/metrics", HttpStatusCode.OK)]
    public async Task Every_answer_has_them(string path, HttpStatusCode status)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await browser.GetAsync(new Uri(QueryApi.Default.Http.BaseAddress!, path), Cancel);
        Assert.Equal(status, answer.StatusCode);
        string Header(string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join('|', values) : "";
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("DENY", Header("X-Frame-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.Contains("camera=()", Header("Permissions-Policy"), StringComparison.Ordinal);
        var policy = Header("Content-Security-Policy");
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        // Over http, which anybody on the way could have written, it would be ignored.
        Assert.Equal(("", ""), (Header("Strict-Transport-Security"), Header("Server")));
    }

    [Fact]
    public async Task What_was_sent_is_not_sent_back()
    {
        using var request = new HttpRequestMessage(HttpMethod.Trace, "/api/v1/twins");
        using var answer = await QueryApi.Default.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task The_reference_runs_only_scripts_with_the_number_of_this_very_page()
    {
        List<string> numbers = [];
        foreach (var _ in new[] { 1, 2 })
        {
            using var page = await QueryApi.Default.Http.GetAsync("/scalar/", Cancel);
            var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
            var number = Number().Match(policy).Groups[1].Value;
            var scripts = Script().Matches(await page.Content.ReadAsStringAsync(Cancel)).Select(s => s.Value).ToList();
            Assert.NotEmpty(scripts);
            Assert.All(scripts, script => Assert.Contains($"nonce=\"{number}\"", script, StringComparison.Ordinal));
            Assert.Contains($"; script-src 'self' 'nonce-{number}'; ", policy, StringComparison.Ordinal);
            numbers.Add(number);
        }
        Assert.Equal(2, numbers.Distinct().Count());
    }

    [GeneratedRegex("script-src 'self' 'nonce-([^']{20,})'")]
    private static partial Regex Number();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();
}

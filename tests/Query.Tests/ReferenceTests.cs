using System.Text.Json.Nodes;
using Json.Schema;

namespace Query.Tests;

/// <summary>
/// What client generators and linters need from /openapi/v1.json. Also check with <c>npx @redocly/cli lint</c>; see
/// services/query/README.md.
/// </summary>
public class ReferenceTests
{
    static readonly string[] Times = ["validAt", "from", "to", "since"];

    static readonly Task<JsonNode> Document = Read();

    static async Task<JsonNode> Read() => JsonNode.Parse(await QueryApi.Default.Http.GetStringAsync("/openapi/v1.json"))!;

    static async Task<List<(string Name, JsonNode Operation)>> Operations() =>
        [.. (await Document)["paths"]!.AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => ((string)o.Value!["operationId"]!, o.Value!)))];

    [Fact]
    public async Task Every_error_response_is_a_problem()
    {
        List<string> without = [];
        var errors = 0;
        foreach (var (name, operation) in await Operations())
        {
            foreach (var (status, response) in operation["responses"]!.AsObject().Where(r => r.Key[0] is '4' or '5'))
            {
                errors++;
                if ((string?)response!["content"]?["application/problem+json"]?["schema"]?["$ref"] != "#/components/schemas/Problem"
                    || response["content"]!.AsObject().Count != 1)
                    without.Add($"{name} {status}");
            }
        }
        Assert.True(errors > 100);
        Assert.Empty(without);
        Assert.Equal(
            ["type", "title", "status", "detail", "instance", "field", "value", "allowed", "errors", "traceId"],
            (await Document)["components"]!["schemas"]!["Problem"]!["properties"]!.AsObject().Select(p => p.Key));
        Assert.Equal(["detail", "instance", "status", "title", "traceId", "type"],
            (await Document)["components"]!["schemas"]!["Problem"]!["required"]!.AsArray().Select(r => (string)r!).Order());
        Assert.Null((await Document)["components"]!["schemas"]!["ProblemDetails"]);
    }

    [Fact]
    public async Task What_a_request_may_leave_out_is_not_required()
    {
        var schemas = (await Document)["components"]!["schemas"]!;
        Assert.Empty(schemas["RelationshipToAdd"]!["required"]?.AsArray() ?? []);
        Assert.Equal(["sensor", "readings"], schemas["CorrectionRequest"]!["required"]!.AsArray().Select(r => (string)r!));
    }

    [Theory]
    [InlineData("listAssets", "429", false)]
    [InlineData("getAlarm", "429", false)]
    [InlineData("getHistory", "429", true)]
    [InlineData("watchTwins", "429", true)]
    [InlineData("getTwin", "429", true)]
    [InlineData("listAssets", "404", true)]
    [InlineData("getAsset", "404", true)]
    [InlineData("getAsset", "415", false)]
    [InlineData("registerAsset", "415", true)]
    [InlineData("registerAsset", "413", true)]
    [InlineData("registerAsset", "504", true)]
    [InlineData("removeRelationship", "504", true)]
    [InlineData("listAssets", "504", false)]
    public async Task An_error_is_listed_where_it_can_happen(string operation, string status, bool isListed) =>
        Assert.Equal(isListed,
            (await Operations()).Single(o => o.Name == operation).Operation["responses"]!.AsObject().ContainsKey(status));

    [Fact]
    public async Task Every_property_and_parameter_is_described()
    {
        var properties = (await Document)["components"]!["schemas"]!.AsObject()
            .SelectMany(s => s.Value!["properties"]?.AsObject().Select(p => (Name: $"{s.Key}.{p.Key}", p.Value)) ?? []);
        var parameters = (await Operations())
            .SelectMany(o => o.Operation["parameters"]?.AsArray().Select(p => (Name: $"{o.Name} {p!["name"]}", Value: (JsonNode?)p)) ?? []);
        var all = properties.Concat(parameters).ToList();
        Assert.True(all.Count > 700);
        Assert.Empty(all.Where(p => p.Value?["description"] is null).Select(p => p.Name));
        Assert.DoesNotContain(all, p => ((string)p.Value!["description"]!).Contains('<', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EconomicsRequest", "partCost", 0, 1e12)]
    [InlineData("EconomicsRequest", "plannedHours", 0, 8760)]
    [InlineData("DecisionRequest", "horizonDays", 1, 3650)]
    [InlineData("LifeRequest", "shape", 0.2, 50)]
    [InlineData("StopRequest", "lostHours", 0, 8760)]
    [InlineData("BacktestSettings", "slack", 0.01, 5)]
    public async Task Bounds_of_numbers_are_said(string schema, string member, double least, double most)
    {
        var number = (await Document)["components"]!["schemas"]![schema]!["properties"]![member]!;
        Assert.Equal((least, most), ((double)number["minimum"]!, (double)number["maximum"]!));
    }

    [Fact]
    public async Task Times_are_said_to_be_times()
    {
        foreach (var (name, operation) in await Operations())
        {
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            {
                var schema = parameter!["schema"]!;
                // There from is where a path starts.
                if (name == "listNodes" && (string)parameter["name"]! == "from") continue;
                if (Times.Contains((string)parameter["name"]!))
                    Assert.True((string?)schema["format"] == "date-time", $"{name} {parameter["name"]}");
                if ((string)parameter["name"]! == "knownAt")
                    Assert.Equal(["integer", "string"], schema["anyOf"]!.AsArray().Select(s => (string)s!["type"]!));
            }
        }
        var twin = (await Document)["components"]!["schemas"]!["TwinAnswer"]!["properties"]!;
        Assert.Equal("date-time", (string)twin["answeredAt"]!["format"]!);
        Assert.Equal("date-time", (string)twin["sampledAt"]!["format"]!);
    }

    [Fact]
    public async Task Examples_match_their_schemas()
    {
        var checkedOnes = 0;
        foreach (var (name, operation) in await Operations())
        {
            foreach (var parameter in operation["parameters"]?.AsArray().Where(p => p!["example"] is not null) ?? [])
            {
                checkedOnes++;
                var result = JsonSchema.FromText(parameter!["schema"]!.ToJsonString())
                    .Evaluate(parameter["example"], new() { RequireFormatValidation = true });
                Assert.True(result.IsValid, $"{name} {parameter.ToJsonString()}");
            }
        }
        Assert.True(checkedOnes > 30);
    }

    [Fact]
    public async Task Buckets_of_a_calendar_have_examples_that_are_understood()
    {
        var parameters = (await Operations()).Single(o => o.Name == "getHistory").Operation["parameters"]!.AsArray();
        string? Example(string name) => (string?)parameters.Single(p => (string)p!["name"]! == name)!["example"];
        var calendar = Query.Histories.Calendar.Parse(Example("bucket"), Example("timeZone"), Example("fill"))!;
        Assert.Equal(Example("timeZone"), calendar.Zone.Id);
        Assert.NotEqual("UTC", calendar.Zone.Id);
        Assert.NotNull(calendar.Fill);
        Assert.Equal("csv", Example("format"));
    }

    [Fact]
    public async Task The_document_has_what_linters_recommend()
    {
        var document = await Document;
        Assert.Equal("/", (string)document["servers"]![0]!["url"]!);
        Assert.Equal("""[{"bearer":[]},{}]""", document["security"]!.ToJsonString());
        Assert.NotNull(document["info"]!["license"]!["identifier"]);
        Assert.NotNull(document["info"]!["contact"]!["name"]);
        var tags = document["tags"]!.AsArray().ToDictionary(t => (string)t!["name"]!, t => (string?)t!["description"]);
        Assert.DoesNotContain(tags, t => string.IsNullOrEmpty(t.Value));
        var operations = await Operations();
        Assert.Equal(operations.Count, operations.Select(o => o.Name).Distinct().Count());
        foreach (var (name, operation) in operations)
        {
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), name);
            Assert.All(operation["tags"]!.AsArray(), tag => Assert.Contains((string)tag!, tags.Keys));
        }
    }
}

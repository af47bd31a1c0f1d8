using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Scenarios;
using Query.Api;
using ServiceDefaults;

namespace Query.Scenarios;

/// <summary>Comparison of two scenarios.</summary>
/// <param name="A">The first scenario.</param>
/// <param name="B">The second scenario.</param>
sealed record ScenarioDiff(
    ScenarioView A,
    ScenarioView B,
    [property: Description("Where the questions differ.")] IReadOnlyList<DefinitionDifference> Definition,
    [property: Description("Medians at the end of the run.")] IReadOnlyList<KpiDifference> Kpis,
    [property: Description("Medians along the axis at the end of the run.")] IReadOnlyList<ProfileDifference> Profiles);

/// <summary>A place where two definitions differ.</summary>
sealed record DefinitionDifference(
    [property: Description("e.g. interventions[0].value")] string Path,
    [property: Description("null when absent.")] JsonNode? A,
    [property: Description("null when absent.")] JsonNode? B);

/// <summary>A signal at the end of both runs.</summary>
/// <param name="Id">Signal id in the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of a and b.</param>
/// <param name="A">Median of the first scenario.</param>
/// <param name="B">Median of the second scenario.</param>
sealed record KpiDifference(
    string Id,
    string Name,
    string Unit,
    double A,
    double B,
    [property: Description("b minus a; temperature differences are in K.")] double Difference,
    [property: Description("Scenario minus baseline of a; temperature differences are in K.")] double ChangeA,
    [property: Description("Scenario minus baseline of b; temperature differences are in K.")] double ChangeB);

/// <summary>Values along the axis at the end of both runs.</summary>
/// <param name="Id">Signal id in the asset model.</param>
/// <param name="Name">Display name.</param>
/// <param name="Unit">Unit of a and b.</param>
/// <param name="PositionsMetre">Cell centres along the axis, m.</param>
/// <param name="A">Medians of the first scenario.</param>
/// <param name="B">Medians of the second scenario.</param>
sealed record ProfileDifference(
    string Id, string Name, string Unit, IReadOnlyList<double> PositionsMetre, IReadOnlyList<double> A, IReadOnlyList<double> B,
    [property: Description("b minus a; temperature differences are in K.")] IReadOnlyList<double> Difference);

/// <summary>Compares two scenarios and their results.</summary>
sealed class DiffScenarios(SavedScenarios saved)
{
    public static void Map(IEndpointRouteBuilder scenarios) => scenarios
        .MapGet("/{a}/diff/{b}", async (HttpContext http, string a, string b, DiffScenarios diff, CancellationToken cancel) =>
        {
            var (first, second) = (await diff.Completed(a, cancel), await diff.Completed(b, cancel));
            if (Tags.NotModified(http, $"W/\"{first.ContentHash}.{second.ContentHash}\"")) return;
            await http.Response.WriteAsJsonAsync(await diff.Run(first, second, cancel), ApiJson.Options, cancel);
        })
        .Produces<ScenarioDiff>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status409Conflict)
        .WithName("diffScenarios").WithSummary("Two scenarios side by side: how the questions and the answers differ")
        .WithDescription("409 if one has no result, or the two cannot be compared because their models or numbers of cells differ.");

    /// <exception cref="RuleViolationException">They cannot be compared.</exception>
    public async Task<ScenarioDiff> Run(string a, string b, CancellationToken cancel) =>
        await Run(await Completed(a, cancel), await Completed(b, cancel), cancel);

    async Task<ScenarioDiff> Run(ScenarioView a, ScenarioView b, CancellationToken cancel) =>
        Of(a, PackedJson.Unpack<ScenarioResult>(await saved.Result(a, cancel)), b,
            PackedJson.Unpack<ScenarioResult>(await saved.Result(b, cancel)));

    async Task<ScenarioView> Completed(string id, CancellationToken cancel)
    {
        var scenario = await saved.Get(id, cancel);
        SavedScenarios.RequireCompleted(scenario);
        return scenario;
    }

    /// <exception cref="RuleViolationException">They cannot be compared.</exception>
    public static ScenarioDiff Of(ScenarioView a, ScenarioResult resultOfA, ScenarioView b, ScenarioResult resultOfB)
    {
        if (a.ModelId != b.ModelId) throw new RuleViolationException($"They follow different models: {a.ModelId} and {b.ModelId}.");
        if (a.Definition.Cells != b.Definition.Cells)
            throw new RuleViolationException(
                $"Their axes have {a.Definition.Cells} and {b.Definition.Cells} cells; ask both questions with the same number.");
        return new(
            a, b, [.. Differences(a.Definition, b.Definition)],
            [.. resultOfA.Kpis.Join(resultOfB.Kpis, k => (k.Id, k.Unit), k => (k.Id, k.Unit), (x, y) => new KpiDifference(
                x.Id, x.Name, x.Unit, x.Scenario.P50, y.Scenario.P50, y.Scenario.P50 - x.Scenario.P50, x.Difference.P50,
                y.Difference.P50))],
            [.. resultOfA.Profiles.Join(resultOfB.Profiles, p => (p.Id, p.Unit), p => (p.Id, p.Unit), (x, y) => new ProfileDifference(
                x.Id, x.Name, x.Unit, x.PositionsMetre, x.Scenario.P50, y.Scenario.P50,
                [.. x.Scenario.P50.Zip(y.Scenario.P50, (from, to) => to - from)]))]);
    }

    static IEnumerable<DefinitionDifference> Differences(ScenarioDefinition a, ScenarioDefinition b)
    {
        var (inA, inB) = (Leaves(a), Leaves(b));
        return inA.Keys.Union(inB.Keys)
            .Select(path => new DefinitionDifference(path, inA.GetValueOrDefault(path), inB.GetValueOrDefault(path)))
                .Where(d => !JsonNode.DeepEquals(d.A, d.B));
    }

    static Dictionary<string, JsonNode?> Leaves(ScenarioDefinition definition)
    {
        Dictionary<string, JsonNode?> leaves = [];
        Walk(JsonSerializer.SerializeToNode(definition, ApiJson.Options), "");
        return leaves;

        void Walk(JsonNode? node, string path)
        {
            if (node is JsonObject members)
                foreach (var (name, member) in members) Walk(member, path.Length == 0 ? name : $"{path}.{name}");
            else if (node is JsonArray items) for (var i = 0; i < items.Count; i++) Walk(items[i], $"{path}[{i}]");
            else leaves[path] = node?.DeepClone();
        }
    }
}

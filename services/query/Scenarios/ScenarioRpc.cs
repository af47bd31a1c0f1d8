using System.Text.Json;
using Contracts.Scenarios;
using Grpc.Core;
using Query.Api;
using ServiceDefaults;
using Proto = Contracts.Query.V1;

namespace Query.Scenarios;

sealed class ScenarioRpc(
    CreateScenario create, GetScenario get, SavedScenarios saved, ListScenarios list, WatchScenario watch,
    CancelScenarioEndpoint cancelScenario, DiffScenarios diff)
    : Proto.ScenarioService.ScenarioServiceBase
{
    public override async Task<Proto.CreateScenarioResponse> CreateScenario(
        Proto.CreateScenarioRequest request, ServerCallContext context) =>
        new() { Scenario = ScenarioMessage.Of(await create.Run(Asked(request), context.CancellationToken)) };

    public override async Task<Proto.GetScenarioResponse> GetScenario(Proto.GetScenarioRequest request, ServerCallContext context) =>
        new()
        {
            Scenario = ScenarioMessage.Of(await get.Run(
                request.ScenarioId,
                request.ValidAt?.ToTime("valid_at"),
                Events.KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
                context.CancellationToken)),
        };

    public override async Task<Proto.ListScenariosResponse> ListScenarios(Proto.ListScenariosRequest request, ServerCallContext context)
    {
        var page = await list.Run(
            request.AssetId, request.States,
            request.ValidAt?.ToTime("valid_at"),
            Events.KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
            request.Limit == 0 ? null : request.Limit, request.Cursor, context.CancellationToken);
        return new() { Scenarios = { page.Items.Select(ScenarioMessage.Of) }, NextCursor = page.NextCursor ?? "" };
    }

    public override async Task<Proto.GetScenarioResultResponse> GetScenarioResult(
        Proto.GetScenarioResultRequest request, ServerCallContext context)
    {
        var packed = await saved.Result(await saved.Get(request.ScenarioId, context.CancellationToken), context.CancellationToken);
        return new() { Result = ResultMessage.Of(PackedJson.Unpack<ScenarioResult>(packed)) };
    }

    public override async Task WatchScenario(
        Proto.WatchScenarioRequest request, IServerStreamWriter<Proto.WatchScenarioResponse> responses, ServerCallContext context)
    {
        await foreach (var scenario in watch.Follow(request.ScenarioId, context.CancellationToken))
            await responses.WriteAsync(new() { Scenario = ScenarioMessage.Of(scenario) }, context.CancellationToken);
    }

    public override async Task<Proto.CancelScenarioResponse> CancelScenario(Proto.CancelScenarioRequest request, ServerCallContext context)
    {
        var (isDone, scenario) = await cancelScenario.Run(request.ScenarioId, context.CancellationToken);
        return new() { IsFinished = isDone, Scenario = ScenarioMessage.Of(scenario) };
    }

    public override async Task<Proto.DiffScenariosResponse> DiffScenarios(Proto.DiffScenariosRequest request, ServerCallContext context)
    {
        var found = await diff.Run(request.A, request.B, context.CancellationToken);
        return new()
        {
            A = ScenarioMessage.Of(found.A),
            B = ScenarioMessage.Of(found.B),
            Definition =
            {
                found.Definition.Select(d => new Proto.DefinitionDifference
                {
                    Path = d.Path,
                    A = d.A?.ToJsonString() ?? "",
                    B = d.B?.ToJsonString() ?? "",
                }),
            },
            Kpis =
            {
                found.Kpis.Select(k => new Proto.KpiDifference
                {
                    Id = k.Id, Name = k.Name, Unit = k.Unit, A = k.A, B = k.B, Difference = k.Difference, ChangeA = k.ChangeA,
                    ChangeB = k.ChangeB,
                })
            },
            Profiles =
            {
                found.Profiles.Select(p => new Proto.ProfileDifference
                {
                    Id = p.Id, Name = p.Name, Unit = p.Unit, PositionsMetre = { p.PositionsMetre }, A = { p.A }, B = { p.B },
                    Difference = { p.Difference },
                })
            },
        };
    }

    static ScenarioToRun Asked(Proto.CreateScenarioRequest r) => new(
        r.AssetId, Input.Given(r.Name), r.ValidAt?.ToTime("valid_at").ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        KnownAt(r), Text(r.Mode),
        r.HorizonSeconds == 0 ? null : r.HorizonSeconds,
        [.. r.Interventions.Select(
            i => new InterventionToRun(i.Target, Text(i.Kind), i.Value, i.Unit, i.FromSeconds, i.RampSeconds, i.ForSeconds))],
        new(r.HasEnsembleSize ? r.EnsembleSize : null, Text(r.Sampling), r.HasSeed ? r.Seed : null),
        r.Tolerance == 0 ? null : r.Tolerance, Text(r.Solver), r.Cells == 0 ? null : r.Cells,
        [.. r.Sweep.Select(s => new SweepToRun(s.Target, [.. s.Values], s.Unit))]);

    static JsonElement? KnownAt(Proto.CreateScenarioRequest r) => r.KnownAtCase switch
    {
        Proto.CreateScenarioRequest.KnownAtOneofCase.KnownAtPosition => JsonSerializer.SerializeToElement(r.KnownAtPosition),
        Proto.CreateScenarioRequest.KnownAtOneofCase.KnownAtTime =>
            JsonSerializer.SerializeToElement(r.KnownAtTime.ToTime("known_at_time")),
        _ => null,
    };

    static string? Text(string text) => text.Length == 0 ? null : text;
}

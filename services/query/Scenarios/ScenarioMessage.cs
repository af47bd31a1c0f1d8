using Contracts.Scenarios;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Scenarios;

/// <summary>Scenarios as gRPC messages.</summary>
static class ScenarioMessage
{
    public static Proto.Scenario Of(ScenarioView scenario)
    {
        var message = new Proto.Scenario
        {
            Id = scenario.Id,
            AssetId = scenario.AssetId,
            Name = scenario.Name ?? "",
            ModelId = scenario.ModelId,
            ModelHash = scenario.ModelHash,
            Definition = Of(scenario.Definition),
            State = scenario.State,
            Progress = scenario.Progress,
            Version = scenario.Version,
            RequestedAt = scenario.RequestedAt.ToProto(),
            StartedAt = scenario.StartedAt.ToProto(),
            FinishedAt = scenario.FinishedAt.ToProto(),
            ContentHash = scenario.ContentHash ?? "",
            WasStored = scenario.WasStored,
            Cause = scenario.Cause ?? "",
            Reason = scenario.Reason ?? "",
            Kpis = { scenario.Kpis.Select(Of) },
            Warnings = { scenario.Warnings },
        };
        if (scenario.RunSeconds is { } seconds) message.RunSeconds = seconds;
        return message;
    }

    public static Proto.ScenarioDefinition Of(ScenarioDefinition d) => new()
    {
        AssetId = d.AssetId,
        ValidAt = d.ValidAt.ToProto(),
        KnownAt = d.KnownAt,
        Mode = d.Mode,
        HorizonSeconds = d.HorizonSeconds,
        Interventions = { d.Interventions.Select(Of) },
        EnsembleSize = d.EnsembleSize,
        Sampling = d.Sampling,
        Seed = d.Seed,
        Tolerance = d.Tolerance,
        Solver = d.Solver,
        Cells = d.Cells,
        Sweep = { d.Sweep.Select(Of) },
    };

    public static Proto.SweepAxis Of(SweepAxis axis) => new() { Target = axis.Target, Values = { axis.Values }, Unit = axis.Unit };

    static Proto.Intervention Of(Intervention i) => new()
    {
        Target = i.Target,
        Kind = i.Kind,
        Value = i.Value,
        Unit = i.Unit,
        FromSeconds = i.FromSeconds,
        RampSeconds = i.RampSeconds,
        ForSeconds = i.ForSeconds,
    };

    static Proto.KpiSummary Of(KpiSummary k) => new()
    {
        Id = k.Id,
        Unit = k.Unit,
        Baseline = k.Baseline,
        Scenario = k.Scenario,
        DifferenceP5 = k.DifferenceP5,
        DifferenceP50 = k.DifferenceP50,
        DifferenceP95 = k.DifferenceP95,
    };
}

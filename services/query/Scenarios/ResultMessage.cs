using Contracts.Scenarios;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Scenarios;

/// <summary>Results of scenarios as gRPC messages.</summary>
static class ResultMessage
{
    public static Proto.ScenarioResult Of(ScenarioResult r) => new()
    {
        Definition = ScenarioMessage.Of(r.Definition),
        TimesSeconds = { r.TimesSeconds },
        Signals = { r.Signals.Select(Of) },
        Profiles = { r.Profiles.Select(Of) },
        Kpis = { r.Kpis.Select(Of) },
        Limits = { r.Limits.Select(Of) },
        Contributors = { r.Contributors.Select(Of) },
        Sweep = r.Sweep is null ? null : Of(r.Sweep),
        Solved = { r.Solved.Select(Of) },
        Statistics = Of(r.Statistics),
        Provenance = Of(r.Provenance),
        Assumptions = { r.Assumptions },
        Warnings = { r.Warnings },
        Start = r.Start is null ? null : Of(r.Start),
    };

    static Proto.SignalResult Of(SignalResult s) => new()
    {
        Id = s.Id,
        Name = s.Name,
        Unit = s.Unit,
        Baseline = Of(s.Baseline),
        Scenario = Of(s.Scenario),
        Difference = Of(s.Difference),
    };

    static Proto.ProfileResult Of(ProfileResult p) => new()
    {
        Id = p.Id,
        Name = p.Name,
        Unit = p.Unit,
        PositionsMetre = { p.PositionsMetre },
        Baseline = Of(p.Baseline),
        Scenario = Of(p.Scenario),
        Difference = Of(p.Difference),
    };

    static Proto.KpiResult Of(KpiResult k) => new()
    {
        Id = k.Id,
        Name = k.Name,
        Unit = k.Unit,
        Baseline = Of(k.Baseline),
        Scenario = Of(k.Scenario),
        Difference = Of(k.Difference),
    };

    static Proto.BandSeries Of(BandSeries b) => new()
    {
        Nominal = { b.Nominal },
        P5 = { b.P5 },
        P25 = { b.P25 },
        P50 = { b.P50 },
        P75 = { b.P75 },
        P95 = { b.P95 },
    };

    static Proto.Band Of(Band b) => new() { Nominal = b.Nominal, P5 = b.P5, P25 = b.P25, P50 = b.P50, P75 = b.P75, P95 = b.P95 };

    static Proto.LimitResult Of(LimitResult l) => new()
    {
        Id = l.Id,
        Signal = l.Signal,
        Threshold = l.Threshold,
        Unit = l.Unit,
        Direction = l.IsAbove ? "above" : "below",
        Severity = l.Severity,
        BaselineProbability = l.BaselineProbability,
        ScenarioProbability = l.ScenarioProbability,
    };

    static Proto.ContributorResult Of(ContributorResult c) =>
        new() { Signal = c.Signal, Parameter = c.Parameter, First = c.First, Total = c.Total, Explained = c.Explained };

    static Proto.SweepResult Of(SweepResult s) => new()
    {
        Axes = { s.Axes.Select(ScenarioMessage.Of) },
        Signals =
        {
            s.Signals.Select(x => new Proto.SweepSignal
            {
                Id = x.Id,
                Name = x.Name,
                Unit = x.Unit,
                Values = { x.Values.Select(v => v ?? double.NaN) },
            }),
        },
    };

    static Proto.SolvedInput Of(SolvedInput s) =>
        new() { Input = s.Input, Unit = s.Unit, Baseline = s.Baseline, Scenario = Of(s.Scenario) };

    static Proto.SolverStatistics Of(SolverStatistics s) => new()
    {
        Solver = s.Solver,
        Runs = s.Runs,
        FailedRuns = s.FailedRuns,
        Steps = s.Steps,
        Rejected = s.Rejected,
        Derivatives = s.Derivatives,
        Jacobians = s.Jacobians,
        Factorisations = s.Factorisations,
        LargestEnergyError = s.LargestEnergyError,
    };

    static Proto.EstimatedStart Of(EstimatedStart s) => new()
    {
        At = s.At.ToProto(),
        Sync = s.Sync,
        Since = s.Since.ToProto(),
        Sensor = s.Sensor ?? "",
        Residuals =
        {
            s.Residuals.Select(r => new Proto.StartResidual
            {
                Sensor = r.Sensor,
                Signal = r.Signal,
                Unit = r.Unit,
                Difference = r.Difference,
                StandardDeviation = r.StandardDeviation,
            }),
        },
        Learned =
        {
            s.Learned.Select(l => new Proto.StartValue
            {
                Kind = l.Kind,
                Id = l.Id,
                Unit = l.Unit,
                P5 = l.P5,
                P50 = l.P50,
                P95 = l.P95,
                Model = l.Model,
            }),
        },
    };

    static Proto.Provenance Of(Provenance p)
    {
        var message = new Proto.Provenance
        {
            ModelId = p.ModelId,
            ModelHash = p.ModelHash,
            LogPosition = p.LogPosition,
            InputsHash = p.InputsHash,
            CalibrationId = p.CalibrationId ?? "",
            Version = p.Version,
        };
        foreach (var (id, value) in p.Baseline) message.Baseline[id] = value;
        foreach (var (id, value) in p.Parameters) message.Parameters[id] = value;
        return message;
    }
}

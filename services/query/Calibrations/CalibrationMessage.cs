using Contracts.Calibrations;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Calibrations;

/// <summary>Converts calibrations to gRPC messages, and gRPC questions to requests.</summary>
static class CalibrationMessage
{
    public static CalibrationRequest Asked(Proto.CreateCalibrationRequest r) => new(
        r.AssetId, r.From?.ToTime("from"), r.To?.ToTime("to"), [.. r.Parameters], null, Input.Given(r.By));

    public static Proto.Calibration Of(CalibrationView c) => new()
    {
        Id = c.Id,
        AssetId = c.Definition.AssetId,
        ModelId = c.ModelId,
        ModelHash = c.ModelHash,
        From = c.Definition.From.ToProto(),
        To = c.Definition.To.ToProto(),
        KnownAt = c.Definition.KnownAt,
        Parameters = { c.Definition.Parameters },
        State = c.State,
        IsInForce = c.IsInForce,
        RequestedBy = c.RequestedBy,
        RequestedAt = c.RequestedAt.ToProto(),
        FinishedAt = c.FinishedAt.ToProto(),
        Cause = c.Cause ?? "",
        Reason = c.Reason ?? "",
        Result = c.Result is null ? null : Of(c.Result),
        Adoption = c.Adoption is null ? null : Of(c.Adoption),
        RollBack = c.RollBack is null ? null : Of(c.RollBack),
    };

    public static Proto.GetParametersResponse Of(ParametersView p) => new()
    {
        AssetId = p.AssetId,
        ModelId = p.ModelId,
        ModelHash = p.ModelHash,
        CalibrationId = p.CalibrationId ?? "",
        Since = p.Since.ToProto(),
        By = p.By ?? "",
        Values =
        {
            p.Values.Select(v => new Proto.Parameter
            {
                Id = v.Id,
                Unit = v.Unit,
                Value = v.Value,
                Deviation = v.Deviation,
                Model = v.Model,
                IsCalibrated = v.IsCalibrated,
            }),
        },
    };

    static Proto.CalibrationStep Of(CalibrationStep s) =>
        new() { By = s.By, Comment = s.Comment ?? "", At = s.At.ToProto(), OtherId = s.OtherId ?? "" };

    static Proto.CalibrationResult Of(CalibrationResult r) => new()
    {
        IsRecommended = r.IsRecommended,
        BaseId = r.BaseId ?? "",
        Spans =
        {
            r.Spans.Select(s => new Proto.CalibrationSpan
            {
                Kind = s.Kind,
                From = s.From.ToProto(),
                To = s.To.ToProto(),
                IsHeldOut = s.IsHeldOut,
            }),
        },
        Parameters = { r.Parameters.Select(Of) },
        Correlation = { r.Correlation.Select(row => new Proto.CorrelationRow { Values = { row } }) },
        Conditions =
        {
            r.Conditions.Select(c => new Proto.CalibrationCondition
            {
                Kind = c.Kind,
                Id = c.Id,
                Unit = c.Unit,
                Value = c.Value,
                StandardDeviation = c.StandardDeviation,
            }),
        },
        Signals = { r.Signals.Select(Of) },
        HoldOut = r.HoldOut is { } h ? new() { Spans = h.Spans, Before = h.Before, After = h.After } : null,
        Chi2 = r.Chi2,
        DegreesOfFreedom = r.DegreesOfFreedom,
        Iterations = r.Iterations,
        Stopped = r.Stopped,
        Warnings = { r.Warnings },
    };

    static Proto.CalibratedParameter Of(CalibratedParameter p) => new()
    {
        Id = p.Id,
        Unit = p.Unit,
        Model = p.Model,
        Before = p.Before,
        After = p.After,
        P5 = p.P5,
        P95 = p.P95,
        PriorDeviation = p.PriorDeviation,
        Deviation = p.Deviation,
        IsIdentified = p.IsIdentified,
    };

    static Proto.SignalResidual Of(SignalResidual s)
    {
        var message = new Proto.SignalResidual
        {
            SensorId = s.SensorId,
            SignalId = s.SignalId,
            Unit = s.Unit,
            Deviation = s.Deviation,
            Before = s.Before,
            After = s.After,
        };
        if (s.HoldOutBefore is { } before) message.HoldOutBefore = before;
        if (s.HoldOutAfter is { } after) message.HoldOutAfter = after;
        return message;
    }
}

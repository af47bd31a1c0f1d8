using Contracts.Estimates;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Estimates;

/// <summary>Estimates as gRPC messages.</summary>
static class EstimateMessage
{
    public static Proto.EstimateSummary Of(EstimateSummary estimate) => new()
    {
        At = estimate.At.ToProto(),
        Sync = estimate.Sync is not { } sync ? null : new()
        {
            State = sync.State,
            Since = sync.Since.ToProto(),
            SensorId = sync.SensorId ?? "",
            Cause = sync.Cause is not { } cause ? null : new()
            {
                Kind = cause.Kind,
                SensorId = cause.SensorId,
                Text = cause.Text,
                Evidence = { cause.Evidence.Select(d => new Proto.Deviation { SensorId = d.SensorId, Score = d.Score }) },
            },
        },
        Signals =
        {
            estimate.Signals.Select(s => new Proto.EstimatedSignal
            {
                Id = s.Id,
                Name = s.Name,
                Unit = s.Unit,
                Mean = s.Mean,
                StandardDeviation = s.StandardDeviation,
                SensorId = s.SensorId ?? "",
                Expression = s.Expression ?? "",
            }),
        },
    };

    public static Proto.GetEstimateResponse Of(EstimateView view) => new()
    {
        AssetId = view.AssetId,
        ModelId = view.ModelId,
        Position = view.Position,
        TickSeconds = view.TickSeconds,
        Estimate = Of(new EstimateSummary(view.At, view.Sync, view.Signals)),
        Profiles =
        {
            view.Profiles.Select(p => new Proto.EstimatedProfile
            {
                Id = p.Id,
                Name = p.Name,
                Unit = p.Unit,
                PositionsMetre = { p.PositionsMetre },
                Means = { p.Means },
                StandardDeviations = { p.StandardDeviations },
            }),
        },
        Learned =
        {
            view.Learned.Select(l => new Proto.LearnedValue
            {
                Kind = l.Kind,
                Id = l.Id,
                Unit = l.Unit,
                Mean = l.Mean,
                StandardDeviation = l.StandardDeviation,
                Nominal = l.Nominal,
                IsIdentified = l.IsIdentified,
            }),
        },
        Residuals = { view.Residuals.Select(Of) },
        Nis = view.Nis,
        DegreesOfFreedom = view.DegreesOfFreedom,
        Hash = view.Hash,
    };

    public static Proto.GetEstimateHistoryResponse Of(EstimateHistoryAnswer answer) => new()
    {
        AssetId = answer.AssetId,
        From = answer.From.ToProto(),
        To = answer.To.ToProto(),
        BucketSeconds = answer.BucketSeconds,
        Series =
        {
            answer.Series.Select(s => new Proto.EstimateSeries
            {
                SignalId = s.SignalId,
                Unit = s.Unit,
                Points =
                {
                    s.Points.Select(p => new Proto.EstimatePoint
                    {
                        Start = p.Start.ToProto(),
                        Count = p.Count,
                        Mean = p.Mean,
                        StandardDeviation = p.StandardDeviation,
                        Minimum = p.Min,
                        Maximum = p.Max,
                    }),
                },
            }),
        },
    };

    static Proto.SensorResidual Of(SensorResidual residual)
    {
        var message = new Proto.SensorResidual
        {
            SensorId = residual.SensorId,
            SignalId = residual.SignalId,
            Unit = residual.Unit,
            Predicted = residual.Predicted,
            LeftOut = residual.LeftOut,
        };
        if (residual.Measured is { } measured) message.Measured = measured;
        if (residual.StandardDeviation is { } deviation) message.StandardDeviation = deviation;
        return message;
    }
}

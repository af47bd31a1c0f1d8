using Contracts.Health;
using Grpc.Core;
using Query.Api;
using Query.Events;
using Proto = Contracts.Query.V1;

namespace Query.Health;

sealed class HealthRpc(
    GetHealth health, ListHealth list, RecordMaintenanceEndpoint record) : Proto.HealthService.HealthServiceBase
{
    public override async Task<Proto.GetHealthResponse> GetHealth(Proto.GetHealthRequest request, ServerCallContext context) =>
        new()
        {
            Parts =
            {
                (await health.Run(
                    request.AssetId, request.Component, request.ValidAt?.ToTime("valid_at"),
                    KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime),
                    context.CancellationToken)).Parts.Select(Part),
            },
        };

    public override async Task<Proto.ListHealthResponse> ListHealth(Proto.ListHealthRequest request, ServerCallContext context)
    {
        var answer = new Proto.ListHealthResponse();
        foreach (var part in await list.Run(
            request.Level, request.ValidAt?.ToTime("valid_at"),
            KnownAt.Of(request.HasKnownAtPosition ? request.KnownAtPosition : null, request.KnownAtTime), context.CancellationToken))
        {
            var message = new Proto.PartSummary
            {
                AssetId = part.AssetId,
                Component = part.Component,
                Level = part.Level,
                Since = part.Since.ToProto(),
            };
            if (part.P50 is { } p50) message.P50 = p50;
            answer.Parts.Add(message);
        }
        return answer;
    }

    public override async Task<Proto.RecordMaintenanceResponse> RecordMaintenance(
        Proto.RecordMaintenanceRequest request, ServerCallContext context)
    {
        var note = new MaintenanceNote(Input.Given(request.RecordedBy), request.At?.ToTime("at"), Input.Given(request.Comment));
        var (isDone, answer) = await record.Run(request.AssetId, request.Component, request.Kind, note, context.CancellationToken);
        return new() { IsFinished = isDone, At = answer.At.ToProto() };
    }

    static Proto.PartHealth Part(PartAnswer part)
    {
        var c = part.Condition;
        var message = new Proto.PartHealth
        {
            Component = c.Component,
            Indicator = c.Indicator,
            Unit = c.Unit,
            Level = c.Level,
            Since = c.Since.ToProto(),
            At = c.At.ToProto(),
            ChartSum = c.ChartSum,
            ChartLimit = c.ChartLimit,
            ChangedAfter = c.ChangedAfter.ToProto(),
            LifeFrom = c.LifeFrom.ToProto(),
            Life = c.Life,
            Windows = c.Windows,
            LateReadings = c.LateReadings,
            UnusableWindows = c.UnusableWindows,
            Position = c.Position,
            ConditionHash = c.ConditionHash,
            ModelHash = c.ModelHash,
            Assessment = c.Assessment is null ? null : Assessment(c.Assessment),
            History = { part.Assessments.Select(Assessment) },
            Changes =
            {
                part.Changes.Select(l => new Proto.LevelChange
                {
                    At = l.At.ToProto(),
                    From = l.From,
                    To = l.To,
                    Value = l.Value,
                    Score = l.Score,
                    ChartSum = l.ChartSum,
                    ChangedAfter = l.ChangedAfter.ToProto(),
                }),
            },
            Scores = Scores(part.Scores),
            ScoresWhileDegrading = Scores(part.ScoresWhileDegrading),
        };
        if (c.Value is { } value) message.Value = value;
        if (c.BaselineValue is { } baseline) message.BaselineValue = baseline;
        if (c.Score is { } score) message.Score = score;
        if (c.CriticalValue is { } critical) message.CriticalValue = critical;
        if (c.GrowthPerDay is { } growth) message.GrowthPerDay = growth;
        return message;
    }

    static Proto.PredictionScores? Scores(ScoreAnswer? s) => s is null ? null : new()
    {
        Predictions = s.Predictions,
        Failures = s.Failures,
        Coverage50 = s.Coverage50,
        Coverage90 = s.Coverage90,
        MeanAbsoluteErrorDays = s.MeanAbsoluteErrorDays,
        BiasDays = s.BiasDays,
        UniformP = s.UniformP,
    };

    /// <summary>An assessment as a message.</summary>
    public static Proto.Assessment Assessment(RulView rul)
    {
        var message = new Proto.Assessment
        {
            At = rul.At.ToProto(),
            Level = rul.Level,
            AgeDays = rul.AgeDays,
            Position = rul.Position,
            CannotSay = rul.CannotSay ?? "",
        };
        foreach (var model in rul.Models) message.Models[model.Model] = model.Weight;
        if (rul.P05 is { } p05) message.P05 = p05;
        if (rul.P25 is { } p25) message.P25 = p25;
        if (rul.P50 is { } p50) message.P50 = p50;
        if (rul.P75 is { } p75) message.P75 = p75;
        if (rul.P95 is { } p95) message.P95 = p95;
        return message;
    }
}

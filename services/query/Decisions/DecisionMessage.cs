using Contracts.Decisions;
using Query.Api;
using Query.Health;
using TwinModel.Decisions;
using Proto = Contracts.Query.V1;

namespace Query.Decisions;

/// <summary>Converts decisions to gRPC messages, and gRPC questions to requests.</summary>
static class DecisionMessage
{
    public static DecisionRequest Asked(Proto.CreateDecisionRequest r) => new(
        r.AssetId, r.Component,
        [.. r.Options.Select(
            (o, i) => new OptionRequest(
                o.Kind, o.At?.ToTime($"options[{i}].at"), o.HasWeeks ? o.Weeks : null, o.HasRate ? o.Rate : null,
                o.HasMarginLossPerDay ? o.MarginLossPerDay : null))],
        r.Economics is { } e ? Asked(e) : null, [.. r.Stops.Select((s, i) => new StopRequest(s.At?.ToTime($"stops[{i}].at"), s.LostHours))],
        r.HasHorizonDays ? r.HorizonDays : null, r.HasRiskAversion ? r.RiskAversion : null, r.HasRate ? r.Rate : null,
        r.RemainingLife is { } remaining ? new(remaining.Shape, remaining.ScaleDays) : null,
        r.NewLife is { } fresh ? new(fresh.Shape, fresh.ScaleDays) : null,
        r.Check is { } check ? new(check.DelayDays, check.Cost) : null, r.HasFutures ? r.Futures : null, r.HasSeed ? r.Seed : null,
        r.At?.ToTime("at"));

    static EconomicsRequest Asked(Proto.DecisionEconomics e) => new(
        e.HasPartCost ? e.PartCost : null, e.HasLabourCost ? e.LabourCost : null, e.HasOvertimeCost ? e.OvertimeCost : null,
        e.HasMarginPerHour ? e.MarginPerHour : null,
        e.HasPlannedHours ? e.PlannedHours : null, e.HasUnplannedHours ? e.UnplannedHours : null,
        e.HasUnplannedHoursSdLn ? e.UnplannedHoursSdLn : null, e.HasSpareLeadDays ? e.SpareLeadDays : null,
        e.HasWaitingHoursPerDay ? e.WaitingHoursPerDay : null, e.HasSecondaryDamageProbability ? e.SecondaryDamageProbability : null,
        e.HasSecondaryDamageCost ? e.SecondaryDamageCost : null,
        e.HasScrapAndRestartCost ? e.ScrapAndRestartCost : null, e.HasExpediteCost ? e.ExpediteCost : null,
        e.HasSpareHoldingCostPerDay ? e.SpareHoldingCostPerDay : null,
        e.HasIsSpareOrderedNow ? e.IsSpareOrderedNow : null);

    public static Proto.Decision Of(DecisionView d)
    {
        var (a, e) = (d.Answer, d.Definition.Economics);
        var message = new Proto.Decision
        {
            Id = d.Id,
            AssetId = d.AssetId,
            Component = d.Component,
            State = d.State,
            At = d.Definition.At.ToProto(),
            HorizonDays = d.Definition.HorizonDays,
            RiskAversion = d.Definition.RiskAversion,
            Rate = d.Definition.Rate,
            Seed = d.Definition.Seed,
            ModelHash = d.ModelHash,
            LogPosition = d.LogPosition,
            Basis = d.Basis is null ? null : HealthRpc.Assessment(d.Basis),
            Economics = new()
            {
                PartCost = e.PartCost,
                LabourCost = e.LabourCost,
                OvertimeCost = e.OvertimeCost,
                MarginPerHour = e.MarginPerHour,
                PlannedHours = e.PlannedHours,
                UnplannedHours = e.UnplannedHours,
                UnplannedHoursSdLn = e.UnplannedHoursSdLn,
                SpareLeadDays = e.SpareLeadDays,
                WaitingHoursPerDay = e.WaitingHoursPerDay,
                SecondaryDamageProbability = e.SecondaryDamageProbability,
                SecondaryDamageCost = e.SecondaryDamageCost,
                ScrapAndRestartCost = e.ScrapAndRestartCost,
                ExpediteCost = e.ExpediteCost,
                SpareHoldingCostPerDay = e.SpareHoldingCostPerDay,
                IsSpareOrderedNow = e.IsSpareOrderedNow,
            },
            Recommended = a.Recommended,
            Reason = a.Reason,
            Options = { a.Options.Select(Of) },
            BreakEven = a.BreakEven is { } b
                ? new() { Option = b.Option, FailureProbability = b.FailureProbability, LifeFactor = b.LifeFactor }
                : null,
            Tornado = { a.Tornado.Select(t => new Proto.TornadoBar { Input = t.Input, Low = t.Low, High = t.High }) },
            PerfectInformationValue = a.PerfectInformationValue,
            Check = a.Check is { } c ? new() { Information = c.Information, Delay = c.Delay, Net = c.Net } : null,
            NewPartCostPerDay = a.NewPartCostPerDay,
            NewPartReason = a.NewPartReason ?? "",
            Warnings = { a.Warnings },
            RecommendedAt = d.RecommendedAt.ToProto(),
            TakenOption = d.Taken?.Option ?? "",
            TakenBy = d.Taken?.By ?? "",
            TakenAt = d.Taken?.At.ToProto(),
            Outcome = d.Outcome?.Kind ?? "",
            OutcomeAt = d.Outcome?.At.ToProto(),
            Version = d.Version,
            AskedOptions = { d.Definition.Options.Select(Of) },
            Stops = { d.Definition.Stops.Select(s => new Proto.DecisionStop { At = s.At.ToProto(), LostHours = s.LostHours }) },
            RemainingLife = Of(d.Definition.RemainingLife),
            NewLife = Of(d.Definition.NewLife),
            AskedCheck = d.Definition.Check is { } asked ? new() { DelayDays = asked.DelayDays, Cost = asked.Cost } : null,
            Futures = d.Definition.Futures,
        };
        if (a.FlipShare is { } flips) message.FlipShare = flips;
        if (a.NewPartAgeDays is { } age) message.NewPartAgeDays = age;
        return message;
    }

    static Proto.DecisionOption Of(DecisionOption o)
    {
        var message = new Proto.DecisionOption { Kind = o.Kind, At = o.At.ToProto() };
        if (o.Weeks is { } weeks) message.Weeks = weeks;
        if (o.Rate is { } rate) message.Rate = rate;
        if (o.MarginLossPerDay is { } loss) message.MarginLossPerDay = loss;
        return message;
    }

    static Proto.WeibullLife? Of(WeibullInput? life) => life is null ? null : new() { Shape = life.Shape, ScaleDays = life.ScaleDays };

    static Proto.OptionOutcome Of(OptionAnswer o)
    {
        var message = new Proto.OptionOutcome
        {
            Name = o.Name,
            Kind = o.Kind,
            At = o.At.ToProto(),
            ExpectedCost = o.ExpectedCost,
            RelativeCost = o.RelativeCost,
            P5 = o.P5,
            P50 = o.P50,
            P95 = o.P95,
            Cvar95 = o.CVaR95,
            FailureProbability = o.FailureProbability,
            DowntimeHours = o.DowntimeHours,
            DearerThanNowProbability = o.DearerThanNowProbability,
            DifferenceToNow = o.DifferenceToNow,
            DifferenceStandardError = o.DifferenceStandardError,
            Regret = o.Regret,
        };
        if (o.Days is { } days) message.Days = days;
        return message;
    }

    public static Proto.GetHindsightResponse Of(HindsightReport h)
    {
        var message = new Proto.GetHindsightResponse
        {
            Decisions = h.Decisions,
            Taken = h.Taken,
            Closed = h.Closed,
            Followed = h.Followed,
            Scored = h.Scored,
            Censored = h.Censored,
            StatedFailures = h.StatedFailures,
            ObservedFailures = h.ObservedFailures,
            Calibration =
            {
                h.Calibration.Select(b => new Proto.CalibrationBin
                {
                    From = b.From,
                    To = b.To,
                    Count = b.Count,
                    MeanStated = b.MeanStated,
                    Observed = b.Observed,
                }),
            },
            Items = { h.Items.Select(Of) },
        };
        if (h.BrierScore is { } brier) message.BrierScore = brier;
        if (h.MeanRegret is { } regret) message.MeanRegret = regret;
        return message;
    }

    static Proto.HindsightItem Of(HindsightItem i)
    {
        var message = new Proto.HindsightItem
        {
            DecisionId = i.DecisionId,
            Option = i.Option,
            IsRecommended = i.IsRecommended,
            Outcome = i.Outcome,
            OutcomeDays = i.OutcomeDays,
            StatedRisk = i.StatedRisk,
        };
        if (i.Failed is { } failed) message.Failed = failed;
        if (i.Regret is { } regret) message.Regret = regret;
        return message;
    }

    public static Proto.RunBacktestResponse Of(BacktestResult r)
    {
        var message = new Proto.RunBacktestResponse
        {
            Windows = r.Windows,
            LateReadings = r.LateReadings,
            UnusableWindows = r.UnusableWindows,
            FalseAlarms = r.FalseAlarms,
            MissedFailures = r.MissedFailures,
            ExpectedFalseAlarmDays = r.ExpectedFalseAlarmDays,
            Level = r.Level,
            Alarms =
            {
                r.Alarms.Select(a => new Proto.BacktestAlarm
                {
                    Level = a.Level,
                    At = a.At.ToProto(),
                    ChangedAfter = a.ChangedAfter.ToProto(),
                    Value = a.Value,
                    IsFalse = a.IsFalse,
                }),
            },
            Failures = { r.Failures.Select(Of) },
        };
        if (r.P50Days is { } median) message.P50Days = median;
        return message;
    }

    static Proto.BacktestFailure Of(BacktestFailure f)
    {
        var message = new Proto.BacktestFailure { At = f.At.ToProto() };
        if (f.LeadDays is { } lead) message.LeadDays = lead;
        return message;
    }
}

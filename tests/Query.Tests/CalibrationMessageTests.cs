using Contracts.Calibrations;
using Google.Protobuf;
using Query.Api;
using Query.Calibrations;
using Proto = Contracts.Query.V1;

namespace Query.Tests;

public class CalibrationMessageTests
{
    /// <summary>A calibration in which every member has a value of its own.</summary>
    public static CalibrationView Whole { get; } = new(
        "0195a0b4-0000-7000-8000-000000000004", "extrusion-line", "ab12",
        new("line-1", Given.Noon.AddHours(-1), Given.Noon, 42, ["drive.efficiency", "polymer.consistency"]), "rolled-back", true, "eve",
        Given.Noon.AddSeconds(1), Given.Noon.AddSeconds(2), "solver", "it stopped",
        new(
            true, "c-0",
            [
                new("steady", Given.Noon.AddMinutes(-60), Given.Noon.AddMinutes(-40), false),
                new("step", Given.Noon.AddMinutes(-40), Given.Noon.AddMinutes(-20), true),
            ],
            [
                new("drive.efficiency", "%", 80, 81, 75, 73.5, 76.5, 0.05, 0.012, true),
                new("polymer.consistency", "Pa s^n", 12_000, 12_001, 12_002, 9_000, 16_000, 0.2, 0.19, false),
            ],
            [[1, 0.25], [0.25, 1]], [new("bias", "zone-1-temperature", "K", 0.5, 0.1)],
            [new("power", "motor-power", "kW", 0.1, 0.4, 0.09, 0.5, 0.11), new("flow", "melt-flow", "kg/h", 0.3, 0.7, 0.31, null, null)],
            new(2, 2.5, 1.25), 7.5, 9, 11, "converged", ["w1", "w2"]),
        new("adam", "because", Given.Noon.AddMinutes(1), "c-0"), new("bob", null, Given.Noon.AddMinutes(2), null));

    static Proto.Calibration Sent(CalibrationView view) => Proto.Calibration.Parser.ParseFrom(CalibrationMessage.Of(view).ToByteArray());

    static DateTimeOffset? Time(Google.Protobuf.WellKnownTypes.Timestamp? time) => time?.ToDateTimeOffset();

    static string? Text(string text) => text.Length == 0 ? null : text;

    [Fact]
    public void A_calibration_over_grpc_holds_all_of_it()
    {
        var c = Sent(Whole);
        var r = c.Result;
        CalibrationView read = new(
            c.Id, c.ModelId, c.ModelHash, new(c.AssetId, Time(c.From)!.Value, Time(c.To)!.Value, c.KnownAt, [.. c.Parameters]), c.State,
            c.IsInForce, c.RequestedBy, Time(c.RequestedAt)!.Value, Time(c.FinishedAt), c.Cause, c.Reason,
            new(
                r.IsRecommended, Text(r.BaseId),
                [.. r.Spans.Select(s => new CalibrationSpan(s.Kind, Time(s.From)!.Value, Time(s.To)!.Value, s.IsHeldOut))],
                [.. r.Parameters.Select(p => new CalibratedParameter(
                    p.Id, p.Unit, p.Model, p.Before, p.After, p.P5, p.P95, p.PriorDeviation, p.Deviation, p.IsIdentified))],
                [.. r.Correlation.Select(row => row.Values.ToArray())],
                [.. r.Conditions.Select(x => new CalibrationCondition(x.Kind, x.Id, x.Unit, x.Value, x.StandardDeviation))],
                [.. r.Signals.Select(s => new SignalResidual(
                    s.SensorId, s.SignalId, s.Unit, s.Deviation, s.Before, s.After, s.HasHoldOutBefore ? s.HoldOutBefore : null,
                    s.HasHoldOutAfter ? s.HoldOutAfter : null))],
                new(r.HoldOut.Spans, r.HoldOut.Before, r.HoldOut.After), r.Chi2, r.DegreesOfFreedom, r.Iterations, r.Stopped,
                [.. r.Warnings]),
            new(c.Adoption.By, Text(c.Adoption.Comment), Time(c.Adoption.At)!.Value, Text(c.Adoption.OtherId)),
            new(c.RollBack.By, Text(c.RollBack.Comment), Time(c.RollBack.At)!.Value, Text(c.RollBack.OtherId)));
        Assert.Equal(Json(Whole), Json(read));
    }

    static string Json<T>(T value) => System.Text.Json.JsonSerializer.Serialize(value, ApiJson.Options);

    [Fact]
    public void What_has_not_happened_yet_is_absent()
    {
        var c = Sent(Whole with
        {
            State = "requested",
            IsInForce = false,
            FinishedAt = null,
            Cause = null,
            Reason = null,
            Result = null,
            Adoption = null,
            RollBack = null,
        });
        Assert.Equal((null, "", "", null), (c.FinishedAt, c.Cause, c.Reason, c.Result));
        Assert.Equal((null, null), (c.Adoption, c.RollBack));
        var bare = Sent(Whole with { Result = Whole.Result! with { BaseId = null, HoldOut = null } }).Result;
        Assert.Equal(("", null), (bare.BaseId, bare.HoldOut));
    }

    [Fact]
    public void Parameters_over_grpc_hold_all_of_them()
    {
        ParametersView view = new(
            "line-1", "extrusion-line", "ab12", "c-1", Given.Noon, "eve", [new("drive.efficiency", "%", 75, 0.02, 80, true)]);
        var p = Proto.GetParametersResponse.Parser.ParseFrom(CalibrationMessage.Of(view).ToByteArray());
        ParametersView read = new(
            p.AssetId, p.ModelId, p.ModelHash, p.CalibrationId, Time(p.Since), p.By,
            [.. p.Values.Select(v => new ParameterValueView(v.Id, v.Unit, v.Value, v.Deviation, v.Model, v.IsCalibrated))]);
        Assert.Equal(Json(view), Json(read));
        var own = CalibrationMessage.Of(view with { CalibrationId = null, Since = null, By = null });
        Assert.Equal(("", null, ""), (own.CalibrationId, own.Since, own.By));
    }

    [Fact]
    public void A_question_over_grpc_is_the_same_as_over_rest()
    {
        var d = Whole.Definition;
        var asked = CalibrationMessage.Asked(new()
        {
            AssetId = d.AssetId,
            From = d.From.ToProto(),
            To = d.To.ToProto(),
            Parameters = { d.Parameters },
            By = "eve",
        });
        Assert.Equal("eve", asked.By);
        Assert.Equal(Json(d), Json(asked.Define(Given.A_model("extrusion-line"), d.KnownAt, Given.Noon)));
        var smallest = CalibrationMessage.Asked(new() { AssetId = "line-1" });
        Assert.Equal((null, null, null), (smallest.From, smallest.To, smallest.By));
    }
}

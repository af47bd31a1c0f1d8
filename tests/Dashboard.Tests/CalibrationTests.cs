using Contracts.Query.V1;
using Dashboard.Calibrations;
using Google.Protobuf.WellKnownTypes;

namespace Dashboard.Tests;

/// <summary>The calibration page's question, wording and pictures.</summary>
public class CalibrationTests
{
    static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("UTC+5:45", TimeSpan.FromMinutes(345), null, null);
    static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 42, 300, TimeSpan.Zero);
    static readonly string[] All = ["polymer.consistency", "cover.coefficient", "drive.efficiency"];

    static Timestamp At(double minutes) =>
        Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero).AddMinutes(minutes));

    static CalibratedParameter Thicker => new()
    {
        Id = "polymer.consistency",
        Unit = "Pa s^n",
        Model = 12_000,
        Before = 12_500,
        After = 13_250,
        P5 = 12_750,
        P95 = 13_750,
        PriorDeviation = 0.2,
        Deviation = 0.023,
        IsIdentified = true,
    };

    static CalibratedParameter Unknown => new()
    {
        Id = "cover.coefficient",
        Unit = "W/(m2 K)",
        Model = 8,
        Before = 8,
        After = 8,
        PriorDeviation = 0.25,
        Deviation = 0.25,
    };

    static CalibrationResult Result(bool isRecommended, HoldOutError? holdOut, params CalibratedParameter[] parameters) =>
        new() { IsRecommended = isRecommended, HoldOut = holdOut, Parameters = { parameters } };

    static Calibration Proposed(CalibrationResult? result) => new() { State = "proposed", ModelHash = "m", Result = result };

    [Fact]
    public void The_last_hour_and_all_parameters_are_what_query_takes_by_default()
    {
        var question = new CalibrationQuestion { By = " eve " };
        Assert.Equal(new CreateCalibrationRequest { AssetId = "line-1", By = "eve" }, question.Request("line-1", All, Now, Zone));
    }

    [Fact]
    public void Other_windows_until_now_end_with_a_minute_that_is_over()
    {
        var question = new CalibrationQuestion { By = "eve" };
        question.Choose(TimeSpan.FromDays(7));
        var request = question.Request("line-1", All, Now, Zone);
        Assert.Equal((At(-7 * 24 * 60), At(0)), (request.From, request.To));
    }

    [Fact]
    public void Dates_begin_with_the_chosen_window_in_local_time_and_stay_as_typed()
    {
        var question = new CalibrationQuestion { By = "eve" };
        question.Choose(TimeSpan.FromHours(4));
        question.ChooseDates(Now, Zone);
        Assert.Null(question.Last);
        Assert.Equal((new DateTime(2026, 7, 1, 13, 45, 0), new DateTime(2026, 7, 1, 17, 45, 0)), (question.From, question.To));
        question.From = new(2026, 7, 1, 16, 45, 0);
        question.ChooseDates(Now.AddHours(1), Zone);
        var request = question.Request("line-1", All, Now, Zone);
        Assert.Equal((At(-60), At(0)), (request.From, request.To));
    }

    [Fact]
    public void Parameters_that_are_left_out_are_not_asked_for()
    {
        var question = new CalibrationQuestion();
        question.Learn("cover.coefficient", isLearned: false);
        Assert.Equal(["polymer.consistency", "drive.efficiency"], question.Request("line-1", All, Now, Zone).Parameters);
        question.Learn("cover.coefficient", isLearned: true);
        Assert.Empty(question.Request("line-1", All, Now, Zone).Parameters);
        foreach (var parameter in All) question.Learn(parameter, isLearned: false);
        Assert.True(question.IsEmpty(All));
    }

    [Theory]
    [InlineData("requested", false, "running", "quiet")]
    [InlineData("proposed", false, "proposed", "quiet")]
    [InlineData("failed", false, "failed", "critical")]
    [InlineData("adopted", true, "adopted", "ok")]
    [InlineData("adopted", false, "adopted", "quiet")]
    [InlineData("rolled-back", false, "rolled back", "quiet")]
    public void Each_state_has_a_word_and_a_mark(string state, bool isInForce, string text, string mark) => Assert.Equal(
        (text, mark), (CalibrationStates.Text(state), CalibrationStates.Mark(new() { State = state, IsInForce = isInForce })));

    [Fact]
    public void Only_what_was_learned_for_the_present_model_can_be_adopted()
    {
        var learned = Proposed(Result(false, null, Thicker, Unknown));
        Assert.Null(CalibrationStates.KeptFromAdoption(learned, "m"));
        Assert.Contains("earlier revision", CalibrationStates.KeptFromAdoption(learned, "m2"), StringComparison.Ordinal);
        Assert.Contains(
            "identify no parameter", CalibrationStates.KeptFromAdoption(Proposed(Result(false, null, Unknown)), "m"),
            StringComparison.Ordinal);
        Assert.NotNull(CalibrationStates.KeptFromAdoption(Proposed(null), "m"));
    }

    [Fact]
    public void A_parameter_says_how_it_changed_or_that_it_is_not_identifiable()
    {
        Assert.Equal(
            "Consistency of the polymer: from 12\u202f500\u00a0Pa sⁿ to 13\u202f250\u00a0Pa sⁿ, +6.0\u00a0%; "
                + "90 % between +2.0\u00a0% and +10.0\u00a0%",
            CalibrationText.Describe(Thicker));
        Assert.Equal("12\u202f750 to 13\u202f750", CalibrationText.Interval(Thicker));
        Assert.Equal("Coefficient of the cover: not identifiable from this window", CalibrationText.Describe(Unknown));
    }

    [Theory]
    [InlineData(2.53, 0.009, "mm", "2.530\u00a0±\u00a00.023\u00a0mm")]
    [InlineData(0.857, 0.012, "1", "0.857\u00a0±\u00a00.010")]
    [InlineData(8, 0, "W/(m2 K)", "8.00\u00a0W/(m² K)")]
    public void A_value_has_the_digits_of_its_deviation(double value, double deviation, string unit, string text) =>
        Assert.Equal(text, CalibrationText.PlusMinus(value, deviation, unit));

    [Theory]
    [InlineData(4, 3.42, 1.13, "On 4 spans held out, the error falls from 3.42 to 1.13; 1 is as the model's deviations allow.")]
    [InlineData(1, 1.2, 12.34, "On 1 span held out, the error rises from 1.20 to 12.3; 1 is as the model's deviations allow.")]
    [InlineData(2, 1.001, 1.002, "On 2 spans held out, the error stays at 1.00; 1 is as the model's deviations allow.")]
    public void The_error_on_what_was_held_out_is_put_in_words(int spans, double before, double after, string text) =>
        Assert.Equal(text, CalibrationText.HoldOut(new() { Spans = spans, Before = before, After = after }));

    [Fact]
    public void The_advice_says_why()
    {
        var (better, worse) = (
            new HoldOutError { Spans = 2, Before = 3, After = 1 }, new HoldOutError { Spans = 2, Before = 1, After = 1.2 });
        Assert.Equal(
            "1 of 2 parameters is identified, and readings that were held out are explained better than by the parameters in force.",
            CalibrationText.Advice(Result(true, better, Thicker, Unknown)));
        Assert.Contains("identify no parameter", CalibrationText.Advice(Result(false, better, Unknown)), StringComparison.Ordinal);
        Assert.Contains("too few spans", CalibrationText.Advice(Result(false, null, Thicker)), StringComparison.Ordinal);
        Assert.Contains("no better", CalibrationText.Advice(Result(false, worse, Thicker)), StringComparison.Ordinal);
        Assert.Contains("too few spans", CalibrationText.HoldOut(null), StringComparison.Ordinal);
    }

    [Fact]
    public void All_changes_are_on_one_axis_with_the_value_in_force_at_zero()
    {
        var scale = CalibrationBars.Changes(Result(true, null, Thicker, Unknown));
        Assert.Contains(0, scale.Ticks);
        // The model's value is 4 % below the one in force; the interval ends 10 % above it.
        Assert.Equal((-4, 10), (Math.Max(scale.From, -4), Math.Min(scale.To, 10)));
        Assert.Equal(6, CalibrationBars.Percent(Thicker.After, Thicker.Before), 9);
        // Without anything to show there is still an axis.
        Assert.True(double.IsFinite(CalibrationBars.Changes(Result(false, null, Unknown)).Share(0)));
    }

    [Fact]
    public void Residuals_are_in_multiples_of_what_is_allowed_and_the_axis_shows_1()
    {
        var result = new CalibrationResult
        {
            Signals = { new SignalResidual { Deviation = 0.5, Before = 1.6, After = 0.3 }, new SignalResidual { Before = 1, After = 1 } },
        };
        var scale = CalibrationBars.Residuals(result);
        Assert.Equal((0, 3.2, 0.6), (scale.From, CalibrationBars.InAllowed(1.6, 0.5), CalibrationBars.InAllowed(0.3, 0.5)));
        Assert.True(scale.To >= 3.2 && scale.Share(1) is > 0 and < 100);
        Assert.Equal(0, CalibrationBars.InAllowed(1, 0));
    }

    [Fact]
    public void Spans_lie_where_they_are_in_the_window()
    {
        var (from, to) = (At(-60).ToDateTimeOffset(), At(0).ToDateTimeOffset());
        var span = new CalibrationSpan { Kind = "step", From = At(-45), To = At(-39), IsHeldOut = true };
        Assert.Equal(("25%", "10%"), (CalibrationBars.At(span.From.ToDateTimeOffset(), from, to), CalibrationBars.Width(span, from, to)));
        // One that reaches beyond the window is cut off.
        Assert.Equal("0%", CalibrationBars.At(At(-70).ToDateTimeOffset(), from, to));
        Assert.Equal("1 steady, 1 after a step; 1 of them held out", CalibrationText.Spans([span, new() { Kind = "steady" }]));
        Assert.Equal("1 steady, 0 after a step; none held out", CalibrationText.Spans([new() { Kind = "steady" }]));
    }

    [Fact]
    public void A_window_names_the_day_of_its_end_only_if_it_is_another_one()
    {
        Assert.Equal("1 Jul 11:00 – 12:00", Window(At(-60), At(0), Now));
        Assert.Equal("30 Jun 12:00 – 1 Jul 12:00", Window(At(-24 * 60), At(0), Now));
        Assert.Equal("1 Jul 2026 11:00 – 12:00", Window(At(-60), At(0), Now.AddYears(1)));

        static string Window(Timestamp from, Timestamp to, DateTimeOffset now) =>
            CalibrationWindow.Text(new() { From = from, To = to }, TimeZoneInfo.Utc, now);
    }

    [Fact]
    public void Conditions_are_inputs_or_biases_of_sensors()
    {
        Assert.Equal(
            "Ambient temperature",
            CalibrationText.Name(new CalibrationCondition { Kind = "input", Id = "ambient-temperature" }, id => id));
        Assert.Equal("Bias of zone 2", CalibrationText.Name(new CalibrationCondition { Kind = "bias", Id = "z2" }, _ => "zone 2"));
    }

    [Fact]
    public void The_list_says_how_many_parameters_were_asked_for()
    {
        Assert.Equal("all parameters", CalibrationText.Asked(new(), 3));
        Assert.Equal("2 of 3 parameters", CalibrationText.Asked(new() { Parameters = { "a", "b" } }, 3));
    }
}

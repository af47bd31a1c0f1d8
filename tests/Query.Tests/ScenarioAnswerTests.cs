using Cli.Scenarios;
using Contracts.Scenarios;
using Parquet;
using Parquet.Schema;
using Query.Scenarios;
using ServiceDefaults;

namespace Query.Tests;

public class ScenarioAnswerTests
{
    static readonly ScenarioDefinition Definition = new(
        "extrusion-line", Given.Noon, 42, "steady", 0, [new("production-rate", "scale", 1.15, "", 0, 0, 0)], 200, "latin-hypercube", 1,
        1e-4, "rodas3", 2, []);

    static Band Around(double value) => new(value, value - 2, value - 1, value, value + 1, value + 2);

    static BandSeries Along(params double[] values) =>
        new(values, [.. values.Select(v => v - 2)], [.. values.Select(v => v - 1)], values, [.. values.Select(v => v + 1)],
            [.. values.Select(v => v + 2)]);

    static ScenarioResult A_result(double melt = 241, SweepResult? sweep = null) => new(
        Definition, [0], [new("melt-temperature", "melt temperature", "degC", Along(238), Along(melt), Along(melt - 238))],
        [new("polymer-temperature", "polymer temperature", "degC", [0.25, 0.75], Along(100, 200), Along(99, melt), Along(-1, melt - 200))],
        [new("melt-temperature", "melt temperature", "degC", Around(238), Around(melt), Around(melt - 238))],
        [new("melt-temperature-high", "melt-temperature", 255, "degC", true, "warning", 0, 0.04)],
        [new("melt-temperature", "polymer.consistency", 0.7, 0.75, 0.95)], sweep, [new("screw-speed", "1/min", 80, Around(91.8))],
        new("steady", 402, 0, 0, 0, 0, 0, 0, 0),
        new("extrusion-line", "ab12", 42, "ff", new Dictionary<string, double>(), new Dictionary<string, double>(), 1, "c1"),
        ["One temperature over the cross section."], ["Extrapolation."],
        new(Given.Noon, "drifting", Given.Noon.AddMinutes(-9), "motor-power", [new("motor-power", "motor-power", "kW", 0.4, 0.1)],
            [new("parameter", "polymer.consistency", "Pa s^n", 10800, 11000, 11200, 12000)]));

    static ScenarioView A_scenario(ScenarioDefinition? definition = null, string modelId = "extrusion-line") => new(
        "01a20eaa-d5f7-756f-b508-9a6681e910b0", "extrusion-line", null, modelId, "ab12", definition ?? Definition, "completed", 1, 6,
        Given.Noon, Given.Noon, Given.Noon, 1.25, "ee", false,
        null, null, [], []);

    [Fact]
    public void A_diff_says_where_the_questions_differ_and_what_that_changes()
    {
        var other = Definition with
        {
            Interventions = [new("production-rate", "scale", 1.2, "", 0, 0, 0), new("zone-4-set-point", "offset", -10, "", 0, 0, 0)],
        };
        var diff = DiffScenarios.Of(A_scenario(), A_result(), A_scenario(other), A_result(243));
        Assert.Equal("interventions[0].value", diff.Definition[0].Path);
        Assert.Equal((1.15, 1.2), ((double)diff.Definition[0].A!, (double)diff.Definition[0].B!));
        Assert.All(diff.Definition.Skip(1), d => Assert.StartsWith("interventions[1].", d.Path, StringComparison.Ordinal));
        Assert.All(diff.Definition.Skip(1), d => Assert.Null(d.A));
        Assert.Equal(new("melt-temperature", "melt temperature", "degC", 241, 243, 2, 3, 5), Assert.Single(diff.Kpis));
        Assert.Equal([0, 2], Assert.Single(diff.Profiles).Difference);
    }

    [Fact]
    public void Equal_questions_do_not_differ() =>
        Assert.Empty(DiffScenarios.Of(A_scenario(), A_result(), A_scenario(), A_result()).Definition);

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        Assert.Throws<RuleViolationException>(
            () => DiffScenarios.Of(A_scenario(), A_result(), A_scenario(modelId: "heater-pair"), A_result()));
        Assert.Throws<RuleViolationException>(() => DiffScenarios.Of(A_scenario(), A_result(), A_scenario(Definition with
        {
            Cells = 4,
        }), A_result()));
    }

    [Fact]
    public void The_newer_news_wins_and_progress_never_goes_back()
    {
        var live = new LiveScenarios();
        var running = A_scenario() with { State = "running", Version = 2, Progress = 0.5 };
        live.Offer(running);
        live.Offer(running with { Progress = 0.4 });
        Assert.Equal(0.5, live.Find(running.Id)!.Progress);
        live.Offer(running with { Version = 3, Progress = 0.25 });
        Assert.Equal((3L, 0.5), (live.Find(running.Id)!.Version, live.Find(running.Id)!.Progress));
        live.Offer(running with { Version = 4, Progress = 0.45, State = "cancelled" });
        Assert.Equal("cancelled", live.Find(running.Id)!.State);
    }

    [Fact]
    public void Every_number_of_a_result_is_a_row_with_unit()
    {
        var sweep = new SweepResult(
            [new("screw-speed", [70, 80], "1/min"), new("zone-4-set-point", [190, 200], "degC")],
            [new("melt-temperature", "melt temperature", "degC", [230, 231, null, 233])]);
        var rows = ResultRows.Of(A_result(sweep: sweep)).ToList();
        Assert.Equal(18 + 36 + 18 + 2 + 2 + 6 + 4 + 4 + 2, rows.Count);
        Assert.Contains(new("signal", "melt-temperature", "K", "difference", "p50", 0, null, 3), rows);
        Assert.Contains(new("profile", "polymer-temperature", "degC", "scenario", "p95", 0, 0.75, 243), rows);
        Assert.Contains(new("limit", "melt-temperature-high", "1", "scenario", "probability", null, null, 0.04), rows);
        Assert.Contains(new("sweep", "melt-temperature", "degC", "screw-speed=80;zone-4-set-point=190", "nominal", null, null, null), rows);
        Assert.Equal(
            "sweep,melt-temperature,degC,\"screw-speed=70;zone-4-set-point=200\",nominal,,,231\r\n", ResultCsv.Line(rows[^9]));
        Assert.Contains(new("learned", "polymer.consistency", "Pa s^n", "parameter", "p50", null, null, 11000), rows);
        Assert.Contains(new("residual", "motor-power", "kW", "motor-power", "standard-deviation", null, null, 0.1), rows);
    }

    [Fact]
    public async Task Parquet_holds_the_same_rows()
    {
        var cancel = TestContext.Current.CancellationToken;
        var rows = ResultRows.Of(A_result()).ToList();
        await using var parquet = await ParquetReader.CreateAsync(
            new MemoryStream(await ResultParquet.Bytes(rows, cancel)), cancellationToken: cancel);
        using var group = parquet.OpenRowGroupReader(0);
        var fields = parquet.Schema.Fields.Cast<DataField>().ToList();
        Assert.Equal(["kind", "id", "unit", "case", "statistic", "timeSeconds", "positionMetre", "value"], fields.Select(f => f.Name));
        var (cases, positions, values) = (new string?[rows.Count], new double?[rows.Count], new double?[rows.Count]);
        await group.ReadAsync(fields[3], cases.AsMemory(), null, cancel);
        await group.ReadAsync<double>(fields[6], positions.AsMemory(), null, cancel);
        await group.ReadAsync<double>(fields[7], values.AsMemory(), null, cancel);
        Assert.Equal(rows.Select(r => ((string?)r.Case, r.PositionMetre, r.Value)), cases.Zip(positions, values));
    }

    [Fact]
    public void A_packed_result_comes_back_with_the_same_bytes()
    {
        var packed = PackedJson.Pack(A_result());
        Assert.Equal(packed, PackedJson.Pack(PackedJson.Unpack<ScenarioResult>(packed)));
    }

    [Fact]
    public void What_a_scenario_started_from_is_the_same_over_grpc()
    {
        var (start, expected) = (ResultMessage.Of(A_result()).Start, A_result().Start!);
        Assert.Equal((expected.At, expected.Sync, expected.Since, expected.Sensor),
            (start.At.ToDateTimeOffset(), start.Sync, start.Since.ToDateTimeOffset(), start.Sensor));
        Assert.Equal([new StartResidual("motor-power", "motor-power", "kW", 0.4, 0.1)],
            start.Residuals.Select(r => new StartResidual(r.Sensor, r.Signal, r.Unit, r.Difference, r.StandardDeviation)));
        Assert.Equal(expected.Learned, start.Learned.Select(l => new StartValue(l.Kind, l.Id, l.Unit, l.P5, l.P50, l.P95, l.Model)));
        Assert.Null(ResultMessage.Of(A_result() with { Start = null }).Start);
    }

    [Fact]
    public void The_command_line_shows_bands_profile_limits_and_warnings()
    {
        var text = string.Join('\n', ShowAnswer.Lines(A_scenario(), A_result()));
        Assert.Contains("solved for: screw-speed 80 -> 91.8 1/min", text, StringComparison.Ordinal);
        Assert.Contains("melt temperature                 238.0     241.0    +1.000    +3.000    +5.000  °C, K", text,
            StringComparison.Ordinal);
        Assert.Contains("   0.250     100.0     99.00    -3.000    -1.000    +1.000", text, StringComparison.Ordinal);
        Assert.Contains("melt-temperature-high (above 255 degC, warning): 0 % -> 4 %", text, StringComparison.Ordinal);
        Assert.Contains("polymer.consistency 75 %", text, StringComparison.Ordinal);
        Assert.Contains("starts from the estimate of 2026-03-01 12:00:00Z, drifting", text, StringComparison.Ordinal);
        Assert.Contains("Warning: Extrapolation.", text, StringComparison.Ordinal);
        Assert.Contains("One temperature over the cross section.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+15%", "scale", 1.15, "")]
    [InlineData("-5%", "scale", 0.95, "")]
    [InlineData("-10", "offset", -10, "")]
    [InlineData("+2.5K", "offset", 2.5, "K")]
    [InlineData("210", "set", 210, "")]
    [InlineData("60 kg/h", "set", 60, "kg/h")]
    [InlineData("90 1/min", "set", 90, "1/min")]
    public void A_change_is_scaled_moved_or_set(string text, string kind, double value, string unit)
    {
        var change = ParseQuestion.Change("x", text);
        Assert.Equal(("x", kind, unit), (change.Target, change.Kind, change.Unit));
        Assert.Equal(value, change.Value, 12);
    }

    [Theory]
    [InlineData("15%")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("+")]
    public void What_is_no_change_is_refused(string text) => Assert.Throws<FormatException>(() => ParseQuestion.Change("x", text));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("2h", 7200)]
    [InlineData("1.5d", 129600)]
    public void Durations_are_what_people_type(string text, double seconds) => Assert.Equal(seconds, ParseQuestion.Seconds(text));

    [Fact]
    public void A_start_is_so_long_ago_or_a_time()
    {
        Assert.Equal(Given.Noon.AddHours(-1), ParseQuestion.Start("-1h", Given.Noon));
        Assert.Equal(Given.Noon, ParseQuestion.Start("2026-03-01T12:00:00Z", Given.Noon.AddDays(1)));
        Assert.Throws<FormatException>(() => ParseQuestion.Start("1h", Given.Noon));
    }
}

using System.Text.Json;
using Contracts.Query.V1;
using Dashboard.WhatIf;
using Grpc.Core;
using TwinModel.Assets;

namespace Dashboard.Tests;

public class WhatIfTests
{
    static readonly IReadOnlyList<Askable> Line = Askable.Of(
        ReadAssetModel.FromDirectory(Path.Combine(Repository, "contracts", "assets")).Single(m => m.Id == "extrusion-line"));

    static string Repository => typeof(WhatIfTests).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(a => a.Key == "Repository").Value!;

    [Fact]
    public void What_may_be_asked_comes_with_the_ranges_of_the_model()
    {
        Assert.Equal("production-rate", Line[0].Id);
        var speed = Line.Single(a => a.Id == "screw-speed");
        Assert.Equal((150, 40, 80), (speed.Range!.Value.Max, speed.Calibrated!.Value.Min, speed.Usual));
        Assert.True(Line.Single(a => a.Id == "polymer.consistency").IsParameter);
        Assert.False(Line.Single(a => a.Id == "zone-4-set-point").HasShares);
    }

    [Fact]
    public void A_question_reads_as_a_sentence()
    {
        var question = new ScenarioQuestion
        {
            IsSteady = false,
            Hours = 2,
            Members = 50,
            Changes = [new() { Target = "production-rate", Kind = Change.ByShare, Value = 15 }, new()
            {
                Target = "zone-4-set-point",
                Kind = Change.ByAmount,
                Value = -10,
                AfterMinutes = 10,
                RampMinutes = 5,
            }],
        };
        Assert.Equal(
            "Production rate +15\u00a0%, zone 4 set point −10\u00a0K within 5 min after 10 min: from the machine's state now, over 2 h, "
                + "with 50 members for the band.", Wording.Sentence(question, Line));
    }

    [Fact]
    public void An_answered_question_can_be_asked_again()
    {
        var question = new ScenarioQuestion
        {
            IsSteady = false,
            Hours = 1.5,
            Members = 20,
            Seed = 7,
            Changes = [new() { Target = "screw-speed", Kind = Change.ByShare, Value = 12.5, ForMinutes = 30 }],
        };
        var request = question.ToRequest("line", DateTimeOffset.UnixEpoch);
        var definition = new ScenarioDefinition
        {
            Mode = request.Mode,
            HorizonSeconds = request.HorizonSeconds,
            EnsembleSize = request.EnsembleSize,
            Seed = request.Seed,
            Interventions = { request.Interventions },
        };
        var again = ScenarioQuestion.Of(definition, "").ToRequest("line", DateTimeOffset.UnixEpoch);
        Assert.Equal(request.Interventions, again.Interventions);
        Assert.Equal((request.HorizonSeconds, request.EnsembleSize, request.Seed), (again.HorizonSeconds, again.EnsembleSize, again.Seed));
    }

    [Fact]
    public void A_value_that_is_missing_is_left_to_the_API_to_refuse() =>
        Assert.True(double.IsNaN(new Change { Target = "screw-speed" }.ToIntervention(isSteady: true).Value));

    [Theory]
    [InlineData(3.14, 2.1, 4.2, "Melt temperature rises by 3.1\u00a0K (p5 2.1 … p95 4.2).")]
    [InlineData(-1, -1.3, -0.7, "Melt temperature falls by 1.0\u00a0K (p5 0.7 … p95 1.3).")]
    [InlineData(0.4, -0.5, 1.2, "Melt temperature changes by +0.4\u00a0K, but even the direction is uncertain (p5 −0.5 … p95 +1.2).")]
    [InlineData(0.01, -0.01, 0.02, "Melt temperature stays as it is: 240.0\u00a0°C.")]
    public void The_headline_says_direction_size_and_band(double p50, double p5, double p95, string expected)
    {
        var result = new ScenarioResult
        {
            Definition = new() { Mode = "steady", EnsembleSize = 200 },
            Kpis =
            {
                new KpiResult { Id = "melt-flow", Name = "production rate", Unit = "kg/h", Scenario = new(), Difference = new() },
                new KpiResult
                {
                    Id = "melt-temperature",
                    Name = "melt temperature",
                    Unit = "degC",
                    Scenario = new() { P50 = 240 },
                    Difference = new() { P5 = p5, P50 = p50, P95 = p95 },
                },
            },
            Limits = { new LimitResult { Signal = "melt-temperature" } },
        };
        Assert.Equal(expected, Wording.Headline(result));
    }

    [Theory]
    [InlineData("in-sync", "in sync")]
    [InlineData("lost", "lost")]
    [InlineData("unknown", "with too few observations to tell whether it is in sync")]
    public void The_start_says_whether_the_physics_followed_the_machine(string state, string expected) =>
        Assert.Equal(expected, Wording.Sync(state));

    [Fact]
    public void Problems_are_told_in_the_units_of_their_fields()
    {
        var trailers = new Metadata
        {
            {
                "errors-bin", JsonSerializer.SerializeToUtf8Bytes(
                    new[]
                    {
                        new Problem("interventions[0].value", "9", "0.01 to 100"),
                        new Problem("interventions[0].fromSeconds", "9000", "0 to 7200"),
                        new Problem("horizonSeconds", "0", "1 to 3024000"),
                    }, JsonSerializerOptions.Web)
            },
        };
        var problems = Problems.Of(new RpcException(new Status(StatusCode.InvalidArgument, ""), trailers))!;
        Assert.Equal(("−99 to 9900 %", "0 to 120 min", "0.0003 to 840 h"),
            (problems.PercentAt("interventions[0].value"), problems.MinutesAt("interventions[0].fromSeconds"),
                problems.HoursAt("horizonSeconds")));
        Assert.Equal("horizonSeconds", Assert.Single(problems.Besides(ChangeRow.Shows)).Path);
        Assert.Null(Problems.Of(new RpcException(Status.DefaultCancelled)));
    }

    [Fact]
    public void A_change_of_sign_is_where_it_can_be_seen() => Assert.Equal(
        [0.35], BandChart.SignChanges([0, 0.1, 0.2, 0.3, 0.4, 0.5], new() { P50 = { -0.001, 0.001, -1, -1, 1, 2 } }), (a, b) =>
            Math.Abs(a - b) < 1e-9);

    [Fact]
    public void Presets_fit_the_model() =>
        Assert.All(Preset.For(Line),
            preset => Assert.All(preset.Make().Changes, change => Assert.Contains(Line, a => a.Id == change.Target)));
}

using System.Text.Json;
using Contracts.Calibrations;
using Contracts.Scenarios;
using TwinModel.Assets;
using TwinModel.Estimation;
using TwinModel.Scenarios;
using TwinModel.Telemetry;
using TwinModel.Tests.Estimation;
using TwinModel.Uncertainty;

namespace TwinModel.Tests.Scenarios;

/// <summary>Scenarios that start from the estimate of a machine.</summary>
public class ScenarioStartTests
{
    const double Band90 = 1.6448536;

    // Of the kettle: power over surface, W/m2, so that its temperature is that of the room plus this over the coefficient.
    const double Load = 200 / 0.1225;
    const double Coefficient = 9;
    const double Room = 21;
    const double CoefficientDeviation = 0.02;
    const double RoomDeviation = 2;

    static readonly DateTimeOffset Start = Micros.ToTime(Given.T0);

    static readonly AssetModel Kettle = EstimationCase.Setup.Model;

    static ScenarioDefinition Question(int members = 0, string sampling = "latin-hypercube") => new(
        "kettle", Start, 1000, "steady", 0, [ScenarioPlanTests.Change("power", "scale", 1.2)], members, sampling, 1, 1e-4, "rodas3", 20,
        []);

    static Posterior Known(
        double correlation = 0, double coefficient = Coefficient, double room = Room, SyncState state = SyncState.InSync) => new(
            Start.AddSeconds(-20), new(state, Start.AddMinutes(-30), state == SyncState.InSync ? null : "temperature"),
            [new("temperature", "temperature", 200.5, 200.1, 0.3, LeftOut.No)],
            [new("cover.coefficient", "parameter", Math.Log(coefficient)), new("room", "input", room)],
            [
                [CoefficientDeviation * CoefficientDeviation, correlation * CoefficientDeviation * RoomDeviation],
                [correlation * CoefficientDeviation * RoomDeviation, RoomDeviation * RoomDeviation],
            ]);

    static ScenarioResult Answer(ScenarioDefinition definition, Posterior? estimate, AssetModel? model = null)
    {
        var inputs = estimate is null ? RecordedInputs.None : RecordedInputs.None.With(estimate);
        var plan = new ScenarioPlan(model ?? Kettle, definition, inputs);
        return plan.Merge([.. Enumerable.Range(0, plan.Shards).Select(s => plan.RunShard(s, null, TestContext.Current.CancellationToken))]);
    }

    static Band Temperature(ScenarioResult result) => result.Kpis.Single(k => k.Id == "temperature").Baseline;

    // Without heat of its own, the rod has the temperature of the room.
    static BandSeries RoomOf(ScenarioResult result) => result.Profiles.Single(p => p.Id == "rod-temperature").Baseline;

    [Fact]
    public void The_nominal_member_is_the_median_of_what_is_known_of_the_machine()
    {
        var result = Answer(Question(), Known());
        Assert.Equal(Room, RoomOf(result).Nominal[0], 1e-6);
        Assert.Equal(Room + Load / Coefficient, Temperature(result).Nominal, 1e-6);
        Assert.Equal(Room, result.Provenance.Baseline["room"], 1e-9);
        Assert.Equal(Coefficient, result.Provenance.Parameters["cover.coefficient"], 1e-9);
        // What is not learned is as in the model.
        Assert.Equal(200, result.Provenance.Baseline["power"], 1e-9);
    }

    [Fact]
    public void Without_an_estimate_made_with_them_learned_parameters_are_used_as_they_were_found()
    {
        var set = new ParameterSet("c1", Kettle.Hash, [new("cover.coefficient", "W/(m2 K)", Coefficient, CoefficientDeviation)], [[1]]);
        var inputs = RecordedInputs.None.With(set);
        Assert.NotEqual(RecordedInputs.None.Hash, inputs.Hash);
        var plan = new ScenarioPlan(Kettle, Question(members: 1000), inputs);
        var result = plan.Merge(
            [.. Enumerable.Range(0, plan.Shards).Select(s => plan.RunShard(s, null, TestContext.Current.CancellationToken))]);
        Assert.Equal(25 + Load / Coefficient, Temperature(result).Nominal, 1e-6);
        var spread = (Temperature(result).P95 - Temperature(result).P5) / 2 / Band90;
        Assert.InRange(spread / (Load / Coefficient * CoefficientDeviation), 0.95, 1.05);
        Assert.Equal("c1", result.Provenance.CalibrationId);
        Assert.Contains(result.Warnings, w => w.Contains("with the parameters of calibration 'c1' yet", StringComparison.Ordinal));
    }

    [Fact]
    public void An_estimate_made_with_learned_parameters_is_what_counts()
    {
        var set = new ParameterSet("c1", Kettle.Hash, [new("cover.coefficient", "W/(m2 K)", 12, CoefficientDeviation)], [[1]]);
        var plan = new ScenarioPlan(Kettle, Question(), RecordedInputs.None.With(set).With(Known()));
        var result = plan.Merge([plan.RunShard(0, null, TestContext.Current.CancellationToken)]);
        Assert.Equal(Room + Load / Coefficient, Temperature(result).Nominal, 1e-6);
        Assert.DoesNotContain(result.Warnings, w => w.Contains("calibration", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "latin-hypercube")]
    [InlineData(0.8, "latin-hypercube")]
    [InlineData(-0.8, "sobol")]
    [InlineData(1, "latin-hypercube")]
    [InlineData(-1, "sobol")]
    public void Members_have_the_means_and_covariances_of_what_is_known(double correlation, string sampling)
    {
        var result = Answer(Question(members: 1000, sampling), Known(correlation));
        Assert.Equal(Room, RoomOf(result).P50[0], 0.1);
        Assert.Equal(RoomDeviation, (RoomOf(result).P95[0] - RoomOf(result).P5[0]) / 2 / Band90, 0.05);
        // The temperature falls with the coefficient and rises with the room, so that its spread shows the correlation.
        var slope = -Load / Coefficient;
        var (a, b) = (slope * CoefficientDeviation, RoomDeviation);
        var expected = Math.Sqrt(a * a + b * b + 2 * correlation * a * b);
        var temperature = Temperature(result);
        Assert.Equal(Room + Load / Coefficient, temperature.P50, 0.1 * expected);
        Assert.Equal(expected, (temperature.P95 - temperature.P5) / 2 / Band90, 0.03 * expected + 0.02);
    }

    [Fact]
    public void Members_stay_within_the_bounds_of_the_model()
    {
        var result = Answer(Question(members: 200), Known(room: 59.5));
        Assert.Equal(60, RoomOf(result).P95[0], 1e-6);
        Assert.Equal(60, result.Start!.Learned[1].P95, 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Shares_of_the_variance_are_named_after_what_was_learned(double correlation)
    {
        var question = Question(members: 400) with
        {
            Interventions = [ScenarioPlanTests.Change("power", "scale", 1.2), ScenarioPlanTests.Change("cover.coefficient", "scale", 0.95)],
        };
        var shares = Answer(question, Known(correlation)).Contributors.Where(c => c.Signal == "temperature")
            .ToDictionary(c => c.Parameter, c => c.Total);
        // The difference depends on the coefficient alone; with a correlation, the room's number has a part in it.
        var cosine = (Math.Sqrt(1 + correlation) + Math.Sqrt(1 - correlation)) / 2;
        Assert.Equal(cosine * cosine, shares["cover.coefficient"], 0.02);
        Assert.Equal(1 - cosine * cosine, shares["room"], 0.02);
    }

    [Fact]
    public void The_result_says_what_it_started_from()
    {
        var result = Answer(Question(), Known());
        var start = result.Start!;
        Assert.Equal((Start.AddSeconds(-20), "in-sync", Start.AddMinutes(-30), null), (start.At, start.Sync, start.Since, start.Sensor));
        var residual = Assert.Single(start.Residuals);
        Assert.Equal(
            ("temperature", "temperature", "K", 0.3), (residual.Sensor, residual.Signal, residual.Unit, residual.StandardDeviation));
        Assert.Equal(0.4, residual.Difference, 1e-9);
        var (coefficient, room) = (start.Learned[0], start.Learned[1]);
        Assert.Equal(("parameter", "cover.coefficient", "W/(m2 K)", 8.0),
            (coefficient.Kind, coefficient.Id, coefficient.Unit, coefficient.Model));
        Assert.Equal(Coefficient, coefficient.P50, 1e-9);
        Assert.Equal(Coefficient * Math.Exp(Band90 * CoefficientDeviation), coefficient.P95, 1e-6);
        Assert.Equal(("input", "room", "degC", 25.0), (room.Kind, room.Id, room.Unit, room.Model));
        Assert.Equal(Room - Band90 * RoomDeviation, room.P5, 1e-6);
        Assert.DoesNotContain(result.Warnings, w => w.Contains("estimate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SyncState.Lost, "The physics has not followed this machine since 2025-06-15 14:36:40Z, most at sensor 'temperature'")]
    [InlineData(SyncState.Drifting, "Sensors and physics have differed by more than chance allows since 2025-06-15 14:36:40Z, most at")]
    public void An_estimate_that_does_not_follow_the_machine_is_a_warning(SyncState state, string expected) =>
        Assert.StartsWith(expected, Answer(Question(), Known(state: state)).Warnings[0], StringComparison.Ordinal);

    [Fact]
    public void Without_an_estimate_the_answer_is_that_of_the_model_with_a_warning()
    {
        var plain = Answer(Question(members: 60), null, ReadAssetModel.FromText(EstimationCase.WithoutEstimation, "kettle.asset.yaml"));
        var result = Answer(Question(members: 60), null);
        Assert.DoesNotContain(plain.Warnings, w => w.Contains("estimate", StringComparison.Ordinal));
        Assert.Contains(
            "There is no estimate of this machine at 2025-06-15 15:06:40Z; parameters and unmeasured inputs are those of the model.",
            result.Warnings);
        Assert.Null(result.Start);
        Assert.Equal(25 + Load / 8, Temperature(result).Nominal, 1e-6);
        // Differences have a discrepancy if the model declares it; levels do anyway.
        Assert.Equal(Temperature(plain).P50, Temperature(result).P50);
        string Differences(ScenarioResult r) => JsonSerializer.Serialize(r.Signals.Select(s => s.Difference));
        Assert.Equal(Differences(plain), Differences(result));
    }

    [Fact]
    public void Bands_of_levels_hold_what_the_physics_leaves_out()
    {
        var stated = EstimationCase.Yaml.Replace("deviation: 0.2, bias", "deviation: 0.2, discrepancy: 3, bias", StringComparison.Ordinal);
        Band Of(string yaml, Func<ScenarioResult, Band> band) =>
            band(Answer(Question(members: 60), null, ReadAssetModel.FromText(yaml, "kettle.asset.yaml")));
        var bare = EstimationCase.WithoutEstimation;
        var (narrow, wide) = (Of(bare, Temperature), Of(stated, Temperature));
        Assert.Equal(narrow.P50, wide.P50);
        Assert.Equal(Math.Pow(narrow.P95 - narrow.P50, 2) + Math.Pow(3 * Normal.Band90, 2), Math.Pow(wide.P95 - wide.P50, 2), 1e-6);
        Assert.Equal(Math.Pow(narrow.P50 - narrow.P25, 2) + Math.Pow(3 * 0.67449, 2), Math.Pow(wide.P50 - wide.P25, 2), 1e-3);
        Band Difference(ScenarioResult r) => r.Kpis.Single(k => k.Id == "temperature").Difference;
        Assert.Equal(Of(bare, Difference), Of(stated, Difference));
        var changes = stated.Replace(
            "discrepancy: 3,", "discrepancy: 3, change: { share: 0.5, deviation: 0.1 },", StringComparison.Ordinal);
        var (before, after) = (Of(stated, Difference), Of(changes, Difference));
        Assert.Equal(before.P50, after.P50);
        var moved = Math.Min(1, Math.Abs(before.Nominal) / 3);
        var added = Math.Sqrt(Math.Pow(0.5 * before.Nominal, 2) + Math.Pow(0.1 * moved, 2));
        Assert.Equal(Math.Pow(before.P95 - before.P50, 2) + Math.Pow(added * Normal.Band90, 2), Math.Pow(after.P95 - after.P50, 2), 1e-6);
    }

    [Fact]
    public void Another_estimate_is_another_scenario_and_the_same_one_the_same_bytes()
    {
        var (none, known) = (RecordedInputs.None, RecordedInputs.None.With(Known()));
        string Hash(RecordedInputs inputs) => ScenarioIdentity.Hash(Question(), Kettle.Hash, inputs);
        Assert.Equal(Hash(known), Hash(none.With(Known())));
        Assert.Equal(4, new[] { none, known, none.With(Known(0.1)), none.With(Known(state: SyncState.Lost)) }.DistinctBy(Hash).Count());
        // As read back by another process.
        var read = JsonSerializer.Deserialize<RecordedInputs>(JsonSerializer.Serialize(known))!;
        Assert.Equal(Hash(known), Hash(read));
        var definition = Question(members: 60);
        var (here, there) = (new ScenarioPlan(Kettle, definition, known), new ScenarioPlan(Kettle, definition, read));
        var alone = Enumerable.Range(0, here.Shards).Select(s => here.RunShard(s, null, CancellationToken.None)).ToArray();
        var together = new byte[there.Shards][];
        Parallel.For(0, there.Shards, s => together[s] = there.RunShard(s, null, CancellationToken.None));
        Assert.Equal(alone, together);
        Assert.Equal(JsonSerializer.Serialize(here.Merge(alone)), JsonSerializer.Serialize(there.Merge(together)));
    }

    [Fact]
    public void An_extruder_answers_with_what_its_sensors_have_taught()
    {
        var setup = EstimatedPlant.SetupOf();
        var plant = new EstimatedPlant(setup, 1, ("polymer.consistency", 0.85));
        var (estimator, work) = (new Estimator(setup), new EstimationWorkspace(setup));
        for (var t = 0; t < 40; t++)
        {
            var readings = new TickReadings(setup);
            foreach (var reading in plant.Tick()) readings.Add(reading);
            estimator.Step(setup.TickOf(EstimatedPlant.Origin) + t, readings, work);
        }
        ScenarioDefinition question = new(
            "extrusion-line", Start, 1000, "steady", 0, [ScenarioPlanTests.Change("production-rate", "scale", 1.15)], 60, "latin-hypercube",
            1, 1e-4, "rodas3", 25, []);
        var (known, unknown) = (Answer(question, estimator.Posterior(), setup.Model), Answer(question, null, setup.Model));
        Band Melt(ScenarioResult result) => result.Kpis.Single(k => k.Id == "melt-temperature").Baseline;
        var truth = plant.Value("melt-temperature");
        Assert.True(Math.Abs(Melt(unknown).Nominal - truth) > 3, $"{Melt(unknown).Nominal} {truth}");
        Assert.Equal(truth, Melt(known).Nominal, 1.0);
        Assert.True(Melt(known).P95 - Melt(known).P5 < 0.6 * (Melt(unknown).P95 - Melt(unknown).P5), $"{Melt(known)} {Melt(unknown)}");
        Assert.Equal(0.85, known.Start!.Learned.Single(l => l.Id == "polymer.consistency") is var c ? c.P50 / c.Model : 0, 0.02);
        Assert.Equal("in-sync", known.Start.Sync);
    }
}

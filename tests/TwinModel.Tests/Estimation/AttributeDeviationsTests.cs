using TwinModel.Estimation;

namespace TwinModel.Tests.Estimation;

public class AttributeDeviationsTests
{
    static readonly EstimationSetup Setup = EstimatedPlant.SetupOf();

    static readonly string[] Signals = [.. Setup.Settings.Sensors.Select(s => s.Signal)];

    static Cause? Of(params (string Signal, double Score)[] deviating)
    {
        var scores = new double[Signals.Length];
        foreach (var (signal, score) in deviating) scores[Array.IndexOf(Signals, signal)] = score;
        return AttributeDeviations.Of(Setup, scores, new LeftOut[Signals.Length]);
    }

    [Fact]
    public void The_shipped_thermocouples_belong_to_loops_of_the_heaters() => Assert.Equal(
        [.. Enumerable.Range(1, 5).Select(z => ($"zone-{z}-temperature", "heater-power"))],
        Setup.Settings.Sensors.Where(s => s.Actuator is not null).Select(s => (s.Signal, s.Actuator!)));

    [Fact]
    public void Small_deviations_point_to_nothing() =>
        Assert.Null(Of(("zone-1-temperature", 3.4), ("heater-power", -9), ("melt-flow", 4.4), ("motor-power", -4)));

    [Theory]
    [InlineData(4, -3)]
    [InlineData(-4, 3)]
    [InlineData(20, 0)]
    [InlineData(20, 1.9)]
    public void A_sensor_that_its_heater_does_not_go_along_with_is_wrong(double sensor, double heater)
    {
        var cause = Of(("zone-2-temperature", sensor), ("heater-power", heater))!;
        Assert.Equal((CauseKind.Sensor, "zone-2-temperature"), (cause.Kind, cause.Sensor));
        Assert.Equal([new("zone-2-temperature", sensor), new("heater-power", heater)], cause.Evidence);
    }

    [Theory]
    [InlineData(-10, -6)]
    [InlineData(8, 3)]
    public void A_heater_that_takes_its_sensor_along_has_failed(double sensor, double heater)
    {
        var cause = Of(("zone-4-temperature", sensor), ("zone-3-temperature", sensor / 2), ("heater-power", heater))!;
        Assert.Equal((CauseKind.Actuator, "zone-4-temperature"), (cause.Kind, cause.Sensor));
    }

    [Fact]
    public void Several_sensors_outside_loops_tell_of_another_process_whatever_the_zones_do()
    {
        var cause = Of(("melt-pressure", 427), ("melt-flow", -105), ("motor-power", -22), ("zone-3-temperature", -43))!;
        Assert.Equal((CauseKind.Process, "melt-pressure"), (cause.Kind, cause.Sensor));
        Assert.Equal(["melt-pressure", "melt-flow", "motor-power"], cause.Evidence.Select(e => e.Sensor));
        Assert.Equal(CauseKind.Process, Of(("melt-flow", 5.2), ("melt-temperature", -2))!.Kind);
    }

    [Fact]
    public void One_sensor_far_away_from_all_others_is_wrong()
    {
        var cause = Of(("melt-pressure", 30), ("melt-flow", 1.9))!;
        Assert.Equal((CauseKind.Sensor, "melt-pressure"), (cause.Kind, cause.Sensor));
    }

    [Fact]
    public void A_new_material_is_a_change_of_the_process_and_a_bias_is_the_sensors()
    {
        foreach (var (change, kind, sensor) in new (Action<EstimatedPlant>, CauseKind, string?)[]
        {
            (p => p.Change("polymer.consistency", 0.9), CauseKind.Process, null),
            (p => p.Offset("zone-2-temperature", 4), CauseKind.Sensor, "zone-2-temperature"),
        })
        {
            var plant = new EstimatedPlant(Setup, 3);
            var (twin, work) = (new EstimateTwin(Setup), new EstimationWorkspace(Setup));
            for (var tick = 0; tick < 90; tick++) twin.Step([.. plant.Tick()], work);
            Assert.Null(twin.Judgement!.Cause);
            change(plant);
            List<Cause?> causes = [];
            // Five minutes: this machine's controller does not follow the wrong thermocouple, so later on the filter explains it otherwise.
            for (var tick = 0; tick < 30; tick++)
            {
                twin.Step([.. plant.Tick()], work);
                causes.Add(twin.Judgement!.Cause);
            }
            Assert.Contains(causes, c => c?.Kind == kind && (sensor is null || c.Sensor == sensor));
            Assert.DoesNotContain(causes, c => c is not null && c.Kind != kind);
        }
    }
}

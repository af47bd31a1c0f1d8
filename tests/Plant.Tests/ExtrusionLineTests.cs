using System.Text.Json;
using Plant.Line;

namespace Plant.Tests;

public class ExtrusionLineTests
{
    const int Seed = 7;

    [Fact]
    public void The_same_seed_gives_the_same_line() => Assert.Equal(Text(Run(Seed, 1800)), Text(Run(Seed, 1800)));

    [Fact]
    public void Another_seed_gives_another_line() => Assert.NotEqual(Text(Run(Seed, 60)), Text(Run(Seed + 1, 60)));

    [Theory]
    [InlineData(1)]
    [InlineData(Seed)]
    [InlineData(12345)]
    public void A_hot_line_runs_near_its_nominal_numbers(int seed)
    {
        var state = Run(seed, 120);

        Assert.InRange(state.ScrewSpeedPerMinute, 79.9, 80.1);
        Assert.InRange(state.MeltFlowKilogramsPerHour, 49, 53);
        Assert.InRange(state.MeltTemperatureCelsius, 233, 243);
        Assert.InRange(state.MeltPressureBar, 76, 88);
        Assert.InRange(state.MotorPowerKilowatts, 9.2, 10.4);
        Assert.InRange(state.MotorCurrentAmperes, 14, 19);
        Assert.InRange(state.HeaterPowerKilowatts, 2.8, 4.0);
        Assert.InRange(state.BearingVibrationMillimetresPerSecond, 0.9, 1.5);
        Assert.InRange(state.BearingTemperatureCelsius, 40, 70);
        Assert.InRange(state.DancerPositionMillimetres, -30, 30);
        Assert.All(state.ThermocoupleCelsius.Zip(ExtrusionLine.NominalSetPointsCelsius),
            zone => Assert.InRange(zone.First, zone.Second - 1, zone.Second + 1));
    }

    [Fact]
    public void Fifteen_percent_more_speed_brings_flow_power_and_melt_temperature()
    {
        var before = Run(Seed, 3600);
        var after = Run(Seed, 3600, line => line.OperatorSpeedPerMinute = 92);

        Assert.InRange(after.MeltFlowKilogramsPerHour / before.MeltFlowKilogramsPerHour, 1.12, 1.18);
        Assert.InRange(after.MotorPowerKilowatts / before.MotorPowerKilowatts, 1.15, 1.25);
        Assert.InRange(after.MeltTemperatureCelsius - before.MeltTemperatureCelsius, 1.5, 6);
        Assert.InRange(after.MeltPressureBar - before.MeltPressureBar, 0.5, 6);
    }

    [Fact]
    public void A_warmer_hall_and_a_thicker_batch_change_the_line_but_not_its_random_numbers()
    {
        var (usual, other) = (Run(Seed, 300), Run(Seed, 300, line =>
        {
            line.SetHallOffset(8);
            line.BringBatch(1.05);
        }));
        Assert.Equal(8, other.AmbientCelsius - usual.AmbientCelsius, 1e-9);
        Assert.InRange(other.MaterialGrade, usual.MaterialGrade + 0.01, 1.05);
        Assert.Equal(usual.MaterialBatch + 1, other.MaterialBatch);
        Assert.InRange(other.MeltTemperatureCelsius - usual.MeltTemperatureCelsius, 0.2, 6);
    }

    [Fact]
    public void Die_blockage_raises_the_pressure_over_200_bar_within_a_minute_and_a_half()
    {
        var state = Run(Seed, 90, line => line.Disturbances = new() { DieBlockage = 1 });

        Assert.InRange(state.MeltPressureBar, 200, 300);
        Assert.True(state.MeltFlowKilogramsPerHour < 45, "a blocked die lets less through");
    }

    [Fact]
    public void A_cleared_die_recovers()
    {
        var line = Hot();
        line.Disturbances = new() { DieBlockage = 1 };
        line.Step(120);
        line.Disturbances = Disturbances.None;
        line.Step(1800);

        Assert.InRange(line.State().MeltPressureBar, 70, 95);
    }

    [Fact]
    public void Accelerated_wear_takes_the_vibration_past_warning_and_critical_limits()
    {
        var line = Hot();
        line.Disturbances = new() { BearingWearFactor = 40_000 };
        line.Step(60);
        Assert.True(line.State().BearingVibrationMillimetresPerSecond < 4.5);
        line.Step(220);
        Assert.True(line.State().BearingVibrationMillimetresPerSecond > 4.5);
        line.Step(60);
        Assert.True(line.State().BearingVibrationMillimetresPerSecond > 7.1);
    }

    [Fact]
    public void Wear_never_leaves_the_plausible_range_and_goes_with_the_bearing()
    {
        var line = Hot();
        line.Disturbances = new() { BearingWearFactor = 40_000 };
        line.Step(3600);
        Assert.InRange(line.State().BearingVibrationMillimetresPerSecond, 20, 60);

        line.Disturbances = Disturbances.None;
        line.ReplaceBearing();
        line.Step(10);
        Assert.InRange(line.State().BearingVibrationMillimetresPerSecond, 0.9, 1.6);
    }

    [Fact]
    public void Feed_starvation_takes_flow_pressure_and_load_away()
    {
        var healthy = Run(Seed, 120);
        var starved = Run(Seed, 120, line => line.Disturbances = new() { FeedStarvation = 1 });

        Assert.True(starved.MeltFlowKilogramsPerHour < 0.6 * healthy.MeltFlowKilogramsPerHour);
        Assert.True(starved.MeltPressureBar < 0.9 * healthy.MeltPressureBar);
        Assert.True(starved.MotorPowerKilowatts < 0.7 * healthy.MotorPowerKilowatts);
        Assert.True(starved.DancerPositionMillimetres < -150);
    }

    [Fact]
    public void Zone_4_cools_without_its_heater_and_the_others_hold()
    {
        var state = Run(Seed, 1800, line => line.Disturbances = new() { Heater4Failure = 1 });

        Assert.True(state.ThermocoupleCelsius[3] < 193);
        Assert.InRange(state.ThermocoupleCelsius[4], 198, 202);
    }

    [Fact]
    public void The_control_follows_a_drifting_thermocouple_away_from_the_true_temperature()
    {
        var state = Run(Seed, 3600, line => line.Disturbances = new() { Thermocouple2Drift = 1 });

        Assert.InRange(state.ThermocoupleCelsius[1], 177, 183);
        Assert.True(state.BarrelCelsius[1] < 155, "the barrel is really colder than it seems");
    }

    [Fact]
    public void A_cold_line_heats_soaks_and_then_produces()
    {
        var line = ExtrusionLine.Cold(Seed);
        Assert.InRange(line.State().ThermocoupleCelsius[0], 15, 30);
        line.Step(600);
        Assert.Equal("soaking", line.State().Phase);
        Assert.Equal(0, line.State().ScrewSpeedPerMinute);
        Assert.InRange(line.State().HeaterPowerKilowatts, 1, 25);
        line.Step(3600);

        Assert.Equal("producing", line.State().Phase);
        Assert.InRange(line.State().MeltFlowKilogramsPerHour, 49, 57);
    }

    [Fact]
    public void The_shift_brings_changes_of_speed()
    {
        var line = Hot();
        line.Step(45 * 60);
        Assert.Equal(86, line.State().ScrewSpeedPerMinute, 3);
        line.Step(30 * 60);
        Assert.Equal(80, line.State().ScrewSpeedPerMinute, 3);
    }

    [Fact]
    public void A_day_of_all_faults_stays_finite()
    {
        var line = Hot();
        line.Disturbances = new()
        {
            Heater4Failure = 1,
            Thermocouple2Drift = 1,
            Thermocouple3Stuck = true,
            DieBlockage = 1,
            BearingWearFactor = 40_000,
            FeedStarvation = 1,
        };
        line.Step(24 * 3600);

        var state = line.State();
        Assert.All(state.BarrelCelsius.Concat(state.PolymerCelsius), celsius => Assert.InRange(celsius, 0, 400));
        Assert.InRange(state.MeltPressureBar, 0, 350);
        Assert.InRange(state.MotorPowerKilowatts, 0, 45);
    }

    static ExtrusionLine Hot() => ExtrusionLine.Hot(Seed);

    static LineState Run(int seed, double seconds, Action<ExtrusionLine>? change = null)
    {
        var line = ExtrusionLine.Hot(seed);
        line.OperatorSpeedPerMinute = 80;
        change?.Invoke(line);
        line.Step(seconds);
        return line.State();
    }

    static string Text(LineState state) => JsonSerializer.Serialize(state);
}

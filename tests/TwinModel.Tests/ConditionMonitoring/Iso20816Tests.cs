using TwinModel.ConditionMonitoring;

namespace TwinModel.Tests.ConditionMonitoring;

public class Iso20816Tests
{
    static VibrationLimits.Apply LimitsOf(double kilowatt, MachineSupport support, double? height = null) =>
        Assert.IsType<VibrationLimits.Apply>(Iso20816.LimitsFor(new(kilowatt, 1500, support, height)));

    [Theory]
    [InlineData(400, MachineSupport.Rigid, 1, 2.3, 4.5, 7.1)]
    [InlineData(400, MachineSupport.Flexible, 1, 3.5, 7.1, 11.0)]
    [InlineData(75, MachineSupport.Rigid, 2, 1.4, 2.8, 4.5)]
    [InlineData(75, MachineSupport.Flexible, 2, 2.3, 4.5, 7.1)]
    [InlineData(300, MachineSupport.Rigid, 2, 1.4, 2.8, 4.5)]
    public void Boundaries_of_the_groups(double kilowatt, MachineSupport support, int group, double ab, double bc, double cd)
    {
        var limits = LimitsOf(kilowatt, support);

        Assert.Equal((group, ab, bc, cd), (limits.Group, limits.AB, limits.BC, limits.CD));
        Assert.Equal(1.25 * cd, limits.TripLimit);
    }

    [Theory]
    [InlineData(0, VibrationZone.A)]
    [InlineData(1.39, VibrationZone.A)]
    [InlineData(1.4, VibrationZone.B)]
    [InlineData(2.8, VibrationZone.C)]
    [InlineData(4.49, VibrationZone.C)]
    [InlineData(4.5, VibrationZone.D)]
    public void Boundary_belongs_to_the_worse_zone(double velocity, VibrationZone zone) =>
        Assert.Equal(zone, LimitsOf(75, MachineSupport.Rigid).ZoneOf(velocity));

    [Theory]
    [InlineData(55, 80, null, false, "r/min")]
    [InlineData(55, 31_000, null, false, "r/min")]
    [InlineData(15, 1500, null, false, "15 kW")]
    [InlineData(18, 1500, 132.0, false, "shaft heights")]
    [InlineData(55, 1500, null, true, "20816-9")]
    public void Standard_says_where_it_does_not_apply(double kilowatt, double speed, double? height, bool isGearUnit, string reason) =>
        Assert.Contains(reason,
            Assert.IsType<VibrationLimits.DoNotApply>(
                Iso20816.LimitsFor(new(kilowatt, speed, MachineSupport.Rigid, height, isGearUnit))).Reason, StringComparison.Ordinal);

    [Fact]
    public void Shaft_height_decides_the_group_where_given() => Assert.Equal(1, LimitsOf(250, MachineSupport.Rigid, 315).Group);

    [Fact]
    public void Alarm_follows_the_machines_own_baseline()
    {
        var limits = LimitsOf(75, MachineSupport.Rigid);

        Assert.Equal(1.0 + 0.7, limits.AlarmLimit(1.0), 12);
        Assert.Equal(3.5, limits.AlarmLimit(3.2), 12);
    }

    [Fact]
    public void Slow_machines_are_measured_from_2_hertz() =>
        Assert.Equal(2, Assert.IsType<VibrationLimits.Apply>(Iso20816.LimitsFor(new(75, 500, MachineSupport.Rigid))).LowestFrequencyHertz);

    [Fact]
    public void Machine_without_power_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Iso20816.LimitsFor(new(0, 1500, MachineSupport.Rigid)));
}

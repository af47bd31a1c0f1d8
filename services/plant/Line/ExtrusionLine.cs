using System.Collections.Immutable;

namespace Plant.Line;

/// <summary>The emulated line. Pure: time advances only in <see cref="Step"/>; the same seed and steps give the same states.</summary>
sealed class ExtrusionLine
{
    public static readonly ImmutableArray<double> NominalSetPointsCelsius = [160, 180, 190, 200, 200];

    const double LongestStepSeconds = 0.5;
    const double WarmUpSeconds = 3 * 3600;
    const double ThermalGrowthMillimetresPerKelvin = 12e-6 * 1500;

    readonly Surroundings surroundings;
    readonly MaterialFeed feed;
    readonly ThrustBearing bearing;
    readonly Barrel barrel;
    readonly MeltChannel melt;
    readonly PumpAndDie pump = new();
    readonly HaulOff haulOff = new();
    readonly ProductionSchedule schedule;

    double runningSeconds;

    ExtrusionLine(int seed, double startTimeOfDaySeconds, bool hot)
    {
        var noise = new Noise(seed);
        surroundings = new(noise, startTimeOfDaySeconds);
        feed = new(noise);
        bearing = new(noise);
        var start = hot ? 190 : surroundings.AmbientCelsius;
        barrel = new(NominalSetPointsCelsius, start);
        melt = new(start);
        schedule = new(hot);
    }

    public Disturbances Disturbances { get; set; } = Disturbances.None;

    public static ExtrusionLine Cold(int seed, double startTimeOfDaySeconds = 0) => new(seed, startTimeOfDaySeconds, hot: false);

    /// <summary>A line that has been producing for hours; the warm-up is simulated here within milliseconds.</summary>
    public static ExtrusionLine Hot(int seed, double startTimeOfDaySeconds = 0)
    {
        var line = new ExtrusionLine(seed, startTimeOfDaySeconds, hot: true) { OperatorSpeedPerMinute = 80 };
        line.Step(WarmUpSeconds);
        line.OperatorSpeedPerMinute = null;
        line.schedule.BeginShift();
        line.runningSeconds = 0;
        return line;
    }

    /// <summary>Screw speed set by the operator; null follows the orders of the shift.</summary>
    public double? OperatorSpeedPerMinute
    {
        get => schedule.OperatorSpeedPerMinute;
        set => schedule.OperatorSpeedPerMinute = value;
    }

    public void SetZoneSetPoints(IReadOnlyList<double> celsius)
    {
        for (var i = 0; i < Geometry.Zones; i++) barrel.Zones[i].Controller.SetPointCelsius = celsius[i];
    }

    public void SetHallOffset(double kelvin) => surroundings.OffsetKelvin = kelvin;

    public void BringBatch(double grade) => feed.Bring(grade);

    public void ReplaceBearing() => bearing.Replace();

    public void Step(double seconds)
    {
        var parts = (int)Math.Ceiling(seconds / LongestStepSeconds);
        for (var i = 0; i < parts; i++) StepOnce(seconds / parts);
    }

    void StepOnce(double seconds)
    {
        surroundings.Step(seconds);
        schedule.Step(seconds, barrel.LargestControlError);
        var turnsPerSecond = schedule.SpeedPerMinute / 60;
        feed.Step(seconds, Disturbances.FeedStarvation);
        pump.Step(seconds, turnsPerSecond, melt, feed, Disturbances.DieBlockage);
        var motion = new ScrewMotion(turnsPerSecond, pump.Flow, pump.PressurePascal, pump.FlightClearance, feed.Fill, feed.Grade);
        melt.Step(seconds, barrel, motion, surroundings.AmbientCelsius);
        barrel.Step(seconds, melt.HeatFromBarrelWatts, surroundings, Disturbances);
        var thrust = pump.PressurePascal * Geometry.BoreArea;
        bearing.Step(seconds, schedule.SpeedPerMinute, thrust, surroundings.AmbientCelsius, Disturbances.BearingWearFactor);
        haulOff.Step(seconds, turnsPerSecond, motion.MassFlow);
        runningSeconds += seconds;
    }

    public LineState State()
    {
        var power = Drive.PowerWatts(melt.ShaftWatts, schedule.SpeedPerMinute);
        return new()
        {
            RunningSeconds = runningSeconds,
            Phase = schedule.Phase,
            BarrelCelsius = [.. barrel.Zones.Select(zone => zone.InnerCelsius)],
            ThermocoupleCelsius = [.. barrel.Zones.Select(zone => zone.ThermocoupleCelsius)],
            PolymerCelsius = [.. Enumerable.Range(0, Geometry.Zones).Select(melt.PolymerCelsius)],
            SetPointsCelsius = [.. barrel.Zones.Select(zone => zone.Controller.SetPointCelsius)],
            MeltTemperatureCelsius = melt.HeadCelsius,
            MeltPressureBar = pump.PressurePascal / 1e5,
            MeltFlowKilogramsPerHour = Polymer.MeltDensity * pump.Flow * 3600,
            ScrewSpeedPerMinute = schedule.SpeedPerMinute,
            ScrewPositionMillimetres = bearing.DisplacementMillimetres
                + ThermalGrowthMillimetresPerKelvin * (melt.ScrewMeanCelsius - barrel.MeanCelsius),
            MotorCurrentAmperes = Drive.CurrentAmperes(power, schedule.SpeedPerMinute),
            MotorPowerKilowatts = power / 1000,
            HeaterPowerKilowatts = barrel.HeaterPowerWatts / 1000,
            BearingWear = bearing.Wear,
            BearingVibrationMillimetresPerSecond = bearing.VibrationMillimetresPerSecond,
            BearingReferenceVibrationMillimetresPerSecond = bearing.ReferenceVibrationMillimetresPerSecond,
            BearingTemperatureCelsius = bearing.TemperatureCelsius,
            DancerPositionMillimetres = haulOff.DancerMetres * 1000,
            HaulOffMetresPerMinute = haulOff.SpeedMetresPerSecond * 60,
            FlightClearanceMillimetres = pump.FlightClearance * 1000,
            AmbientCelsius = surroundings.AmbientCelsius,
            MaterialBatch = feed.Batch,
            MaterialGrade = feed.Grade,
        };
    }
}

using System.Collections.Immutable;
using Plant.Faults;
using Plant.Line;
using Plant.Operations;
using Plant.Sensors;

namespace Plant;

/// <summary>Line, instruments and device clock behind one lock: the sampling loop, HTTP and MQTT commands all reach in here.</summary>
sealed class EmulatedPlant
{
    readonly Lock gate = new();
    readonly PlantSettings settings;
    readonly ExtrusionLine line;
    readonly SensorBank sensors;
    readonly DeviceClock clock;
    readonly FaultBoard faults = new();
    readonly Dictionary<string, Measurement> latest = [];

    public EmulatedPlant(PlantSettings settings, TimeProvider time)
    {
        this.settings = settings;
        var now = time.GetUtcNow();
        var timeOfDay = now.TimeOfDay.TotalSeconds;
        line = settings.ColdStart ? ExtrusionLine.Cold(settings.Seed, timeOfDay) : ExtrusionLine.Hot(settings.Seed, timeOfDay);
        sensors = new(settings.Seed + 1);
        clock = new(now, settings.ClockSkewMilliseconds, settings.ClockDriftPpm);
    }

    /// <summary>Lets one publish interval pass and reads all instruments.</summary>
    public Frame Sample(DateTimeOffset now)
    {
        lock (gate)
        {
            faults.Expire(now);
            var seconds = settings.PublishIntervalSeconds * settings.SimulatedTimeFactor;
            line.Disturbances = faults.ForLine();
            line.Step(seconds);
            var frame = sensors.Measure(line.State(), seconds, DeviceMicros(now), faults.ForSensors());
            foreach (var measurement in frame.Measurements) latest[measurement.Sensor.Id] = measurement;
            return frame;
        }
    }

    public IReadOnlyList<Measurement> Latest()
    {
        lock (gate) return [.. latest.Values];
    }

    public long DeviceMicros(DateTimeOffset now)
    {
        lock (gate)
        {
            clock.Jump = faults.ClockJump();
            return clock.Micros(now);
        }
    }

    public LineState TrueState()
    {
        lock (gate) return line.State();
    }

    public ActiveFault SwitchOn(Fault fault, double severity, double? seconds, DateTimeOffset now)
    {
        lock (gate) return faults.SwitchOn(fault, severity, seconds, now);
    }

    public void SwitchOff(Fault fault)
    {
        lock (gate) faults.SwitchOff(fault.Name);
    }

    public ImmutableArray<ActiveFault> ActiveFaults(DateTimeOffset now)
    {
        lock (gate)
        {
            faults.Expire(now);
            return [.. FaultCatalog.All.Select(fault => faults.Find(fault.Name)).OfType<ActiveFault>()];
        }
    }

    /// <summary>Zero when the fault is off.</summary>
    public double Severity(string fault, DateTimeOffset now)
    {
        lock (gate)
        {
            faults.Expire(now);
            return faults.Severity(fault);
        }
    }

    public void Operate(Operation operation)
    {
        lock (gate)
        {
            if (operation.FollowSchedule == true) line.OperatorSpeedPerMinute = null;
            if (operation.ScrewSpeedPerMinute is { } speed) line.OperatorSpeedPerMinute = speed;
            if (operation.ZoneSetPointsCelsius is { } setPoints) line.SetZoneSetPoints(setPoints);
            if (operation.ReplaceBearing == true) line.ReplaceBearing();
        }
    }
}

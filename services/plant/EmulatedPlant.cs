using System.Collections.Immutable;
using Plant.Faults;
using Plant.Line;
using Plant.Operations;
using Plant.Sensors;

namespace Plant;

/// <summary>Line, instruments and device clock behind one lock, as the sampling loop, HTTP and MQTT commands all access them.</summary>
sealed class EmulatedPlant
{
    const int FramesPerWaveform = 10;
    static readonly TimeSpan WaveformInterval = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly PlantSettings settings;
    readonly ExtrusionLine line;
    readonly SensorBank sensors;
    readonly Accelerometer accelerometer;
    readonly DeviceClock clock;
    readonly FaultBoard faults = new();
    readonly Dictionary<string, Measurement> latest = [];
    TimeLapse? lapse;
    DateTimeOffset nextWaveform;

    public EmulatedPlant(PlantSettings settings, TimeProvider time)
    {
        this.settings = settings;
        var now = time.GetUtcNow();
        if (settings.TimeLapseDays > 0)
            lapse = new(now, TimeSpan.FromDays(settings.TimeLapseDays), settings.SimulatedTimeFactor,
                TimeSpan.FromSeconds(settings.TimeLapseSampleSeconds));
        var start = lapse?.Sampled ?? now;
        var timeOfDay = start.TimeOfDay.TotalSeconds;
        line = settings.ColdStart ? ExtrusionLine.Cold(settings.Seed, timeOfDay) : ExtrusionLine.Hot(settings.Seed, timeOfDay);
        sensors = new(settings.Seed + 1);
        accelerometer = new(settings.Seed + 4);
        clock = new(start, settings.ClockSkewMilliseconds, settings.ClockDriftPpm);
    }

    /// <summary>True while the plant replays the past in time-lapse.</summary>
    public bool IsInTimeLapse
    {
        get { lock (gate) return lapse is not null; }
    }

    /// <summary>In time-lapse, lets the device clock go on to this time at most; without effect once the present is reached.</summary>
    public void WaitAt(DateTimeOffset until)
    {
        lock (gate) lapse?.Until = until;
    }

    /// <summary>Advances by one publish interval and reads all instruments; in time-lapse, once per frame due.</summary>
    public IReadOnlyList<Frame> Sample(DateTimeOffset now)
    {
        lock (gate)
        {
            faults.Expire(now);
            line.Disturbances = faults.ForLine();
            if (lapse is null)
                return [Measure(settings.PublishIntervalSeconds * (settings.TimeLapseDays > 0 ? 1 : settings.SimulatedTimeFactor), now)];
            List<Frame> frames = [.. lapse.Due(now).Select(at => Measure(settings.TimeLapseSampleSeconds, at))];
            if (lapse.IsOver(now)) lapse = null;
            return frames;
        }
    }

    Frame Measure(double seconds, DateTimeOffset at)
    {
        line.Step(seconds);
        clock.Jump = faults.ClockJump();
        var frame = sensors.Measure(line.State(), seconds, clock.Micros(at), faults.ForSensors());
        foreach (var measurement in frame.Measurements) latest[measurement.Sensor.Id] = measurement;
        return IsWaveformDue(at) ? frame with { Waveform = accelerometer.Record(line.State(), frame.SampledAtMicros) } : frame;
    }

    // Every ten seconds; in time-lapse with every tenth frame. SenML only: Sparkplug B has no place for waveforms.
    bool IsWaveformDue(DateTimeOffset at)
    {
        // Half an interval of tolerance: a timer that fires slightly early must not cost a whole interval.
        if (settings.Payload != "senml" || at + TimeSpan.FromSeconds(settings.PublishIntervalSeconds / 2) < nextWaveform) return false;
        nextWaveform = at + (lapse is null ? WaveformInterval : FramesPerWaveform * TimeSpan.FromSeconds(settings.TimeLapseSampleSeconds));
        return true;
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
            return clock.Micros(lapse?.Sampled ?? now);
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

    /// <summary>Severity of a fault; 0 if it is off.</summary>
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
            if (operation.HallOffsetKelvin is { } kelvin) line.SetHallOffset(kelvin);
            if (operation.BatchGrade is { } grade) line.BringBatch(grade);
            if (operation.ReplaceBearing == true) line.ReplaceBearing();
        }
    }
}

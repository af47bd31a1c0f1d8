using Plant.Line;
using Plant.Sensors;

namespace Plant.Faults;

/// <summary>A fault that is switched on.</summary>
sealed record ActiveFault(string Name, double Severity, DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>Tracks which faults are on and translates them into disturbances of line, sensors and gateway.</summary>
sealed class FaultBoard
{
    const double FullWearFactor = 40_000;
    const double ShareOfFramesAtFullSeverity = 0.2;
    const double FullClockJumpSeconds = 120;

    readonly Dictionary<string, ActiveFault> active = [];

    public ActiveFault? Find(string name) => active.GetValueOrDefault(name);

    public ActiveFault SwitchOn(Fault fault, double severity, double? seconds, DateTimeOffset now)
    {
        var lasting = seconds ?? fault.DefaultSeconds;
        return active[fault.Name] = new(fault.Name, severity, now, lasting is { } s ? now.AddSeconds(s) : null);
    }

    public bool SwitchOff(string name) => active.Remove(name);

    public void Expire(DateTimeOffset now)
    {
        foreach (var fault in active.Values.Where(fault => fault.Until <= now).ToList()) active.Remove(fault.Name);
    }

    public double Severity(string name) => active.TryGetValue(name, out var fault) ? fault.Severity : 0;

    public Disturbances ForLine() => new()
    {
        Heater4Failure = Severity(FaultCatalog.Heater4Failed),
        Thermocouple2Drift = Severity(FaultCatalog.Thermocouple2Drift),
        Thermocouple3Stuck = Severity(FaultCatalog.Thermocouple3Stuck) > 0,
        DieBlockage = Severity(FaultCatalog.DieBlockage),
        BearingWearFactor = Math.Pow(FullWearFactor, Severity(FaultCatalog.BearingWear)),
        FeedStarvation = Severity(FaultCatalog.FeedStarvation),
    };

    public SensorDisturbances ForSensors() => new()
    {
        Dropout = Severity(FaultCatalog.SensorDropout),
        Spike = ShareOfFramesAtFullSeverity * Severity(FaultCatalog.ImplausibleSpikes),
        Impossible = ShareOfFramesAtFullSeverity * Severity(FaultCatalog.ImpossibleValues),
        Stuck = Severity(FaultCatalog.Thermocouple3Stuck) > 0 ? "zone-3-temperature" : null,
    };

    public TimeSpan ClockJump() => TimeSpan.FromSeconds(FullClockJumpSeconds * Severity(FaultCatalog.ClockJump));
}

namespace Plant.Line;

/// <summary>Determines the screw speed: start-up (heat, soak, start), then the shift's orders or the operator's setting.</summary>
sealed class ProductionSchedule(bool hot)
{
    const double SoakSeconds = 900;
    const double ReadyKelvin = 6;
    const double AccelerationPerSecond = 0.5;

    static readonly (double FromMinute, double SpeedPerMinute)[] Shift =
        [(0, 80), (40, 86), (65, 80), (110, 74), (130, 80), (190, 92), (215, 80)];
    const double ShiftMinutes = 240;

    double soakLeftSeconds = hot ? 0 : SoakSeconds;
    double producingSeconds;

    public double? OperatorSpeedPerMinute { get; set; }

    public double SpeedPerMinute { get; private set; }

    public string Phase => soakLeftSeconds > 0 ? "soaking" : SpeedPerMinute < TargetPerMinute - 1 ? "starting" : "producing";

    public double TargetPerMinute => soakLeftSeconds > 0 ? 0 : OperatorSpeedPerMinute ?? Order();

    public void Step(double seconds, double largestControlErrorKelvin)
    {
        if (soakLeftSeconds > 0 && largestControlErrorKelvin < ReadyKelvin) soakLeftSeconds -= seconds;
        if (soakLeftSeconds <= 0) producingSeconds += seconds;
        var step = AccelerationPerSecond * seconds;
        SpeedPerMinute += Math.Clamp(TargetPerMinute - SpeedPerMinute, -step, step);
    }

    /// <summary>Starts the first order now; used when the line is handed over warm.</summary>
    public void BeginShift() => producingSeconds = 0;

    double Order()
    {
        var minute = producingSeconds / 60 % ShiftMinutes;
        return Shift.Last(order => order.FromMinute <= minute).SpeedPerMinute;
    }
}

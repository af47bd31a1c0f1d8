using System.Globalization;

namespace TwinModel.ConditionMonitoring;

/// <summary>The support of a machine. A support is rigid when its lowest natural frequency is at least 25 % above the running
/// frequency.</summary>
public enum MachineSupport
{
    /// <summary>Rigid.</summary>
    Rigid,

    /// <summary>Flexible.</summary>
    Flexible,
}

/// <summary>Zones of vibration severity of ISO 20816.</summary>
public enum VibrationZone
{
    /// <summary>New machines.</summary>
    A,

    /// <summary>Unrestricted long-term operation.</summary>
    B,

    /// <summary>Not acceptable for long-term operation: run only until the next opportunity for repair.</summary>
    C,

    /// <summary>Causes damage.</summary>
    D,
}

/// <summary>A machine, by the properties that ISO 20816-3 uses.</summary>
/// <param name="PowerKilowatt">Rated power, kW.</param>
/// <param name="SpeedRpm">Operating speed, r/min.</param>
/// <param name="Support">Its support.</param>
/// <param name="ShaftHeightMillimetre">Shaft height of an electrical machine, mm; determines the group when given.</param>
/// <param name="IsGearUnit">Gear units fall under part 9.</param>
public sealed record Machine(
    double PowerKilowatt, double SpeedRpm, MachineSupport Support, double? ShaftHeightMillimetre = null, bool IsGearUnit = false);

/// <summary>The limits of the standard for a machine.</summary>
public abstract record VibrationLimits
{
    VibrationLimits()
    {
    }

    /// <summary>The standard applies.</summary>
    /// <param name="Group">1 (above 300 kW or shaft height 315 mm and more) or 2.</param>
    /// <param name="AB">Boundary between zones A and B, mm/s RMS.</param>
    /// <param name="BC">Boundary between zones B and C, mm/s RMS.</param>
    /// <param name="CD">Boundary between zones C and D, mm/s RMS.</param>
    /// <param name="LowestFrequencyHertz">Lower edge of the RMS band; the upper edge is 1000 Hz.</param>
    public sealed record Apply(int Group, double AB, double BC, double CD, double LowestFrequencyHertz) : VibrationLimits
    {
        /// <summary>Zone of a velocity in mm/s RMS; a boundary belongs to the worse zone.</summary>
        public VibrationZone ZoneOf(double velocityMillimetrePerSecond) => Require.NotNegative(velocityMillimetrePerSecond) switch
        {
            var v when v >= CD => VibrationZone.D,
            var v when v >= BC => VibrationZone.C,
            var v when v >= AB => VibrationZone.B,
            _ => VibrationZone.A,
        };

        /// <summary>Alarm limit in mm/s: the machine's own baseline plus 0.25 B/C, at most 1.25 B/C.</summary>
        public double AlarmLimit(double baselineMillimetrePerSecond) =>
            Math.Min(Require.NotNegative(baselineMillimetrePerSecond) + 0.25 * BC, 1.25 * BC);

        /// <summary>Largest trip limit in mm/s: 1.25 C/D.</summary>
        public double TripLimit => 1.25 * CD;
    }

    /// <summary>The standard does not apply: set limits from the asset's own data.</summary>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record DoNotApply(string Reason) : VibrationLimits;
}

/// <summary>Vibration severity of industrial machines, ISO 20816-3:2022.</summary>
public static class Iso20816
{
    /// <summary>The limits for a machine, or why there are none.</summary>
    public static VibrationLimits LimitsFor(Machine machine)
    {
        Require.Positive(machine.PowerKilowatt);
        Require.Positive(machine.SpeedRpm);
        if (machine.IsGearUnit) return new VibrationLimits.DoNotApply("Gear units fall under ISO 20816-9, not part 3.");
        if (machine.SpeedRpm is < 120 or > 30_000)
            return new VibrationLimits.DoNotApply(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ISO 20816-3 covers 120 to 30 000 r/min, not {machine.SpeedRpm:0.#}: velocity says little about so slow or fast a "
                        + $"shaft."));
        if (machine.PowerKilowatt <= 15)
            return new VibrationLimits.DoNotApply(
                FormattableString.Invariant($"ISO 20816-3 covers machines above 15 kW, not {machine.PowerKilowatt:0.##} kW."));
        if (machine.ShaftHeightMillimetre < 160)
            return new VibrationLimits.DoNotApply(
                FormattableString.Invariant(
                    $"ISO 20816-3 covers shaft heights of 160 mm and more, not {machine.ShaftHeightMillimetre:0.#} mm."));
        var group = machine.ShaftHeightMillimetre is { } height ? (height >= 315 ? 1 : 2) : machine.PowerKilowatt > 300 ? 1 : 2;
        var (ab, bc, cd) = (group, machine.Support) switch
        {
            (1, MachineSupport.Rigid) or (2, MachineSupport.Flexible) => (2.3, 4.5, 7.1),
            (1, MachineSupport.Flexible) => (3.5, 7.1, 11.0),
            _ => (1.4, 2.8, 4.5),
        };
        return new VibrationLimits.Apply(group, ab, bc, cd, machine.SpeedRpm < 600 ? 2 : 10);
    }
}

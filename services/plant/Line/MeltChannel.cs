namespace Plant.Line;

/// <summary>
/// Polymer and screw steel along the channel, as five mixed cells and the head. The state variable is enthalpy, so melting needs no special
/// case. The screw's work enters as solid friction and as shear in the melt film, in the channel and over the flight lands.
/// </summary>
sealed class MeltChannel
{
    const double WallCoefficientMelt = 200;
    const double WallCoefficientSolid = 260;
    const double ScrewCoefficient = 150;
    const double WipingExponent = 0.3;
    const double NominalSpeed = 80.0 / 60;
    const double SolidFrictionStress = 3.0e4;
    const double FilmThickness = 3.0e-4;
    const double FilmShareOfWall = 0.58;
    const double ChannelShape = 1.75;
    const double ScrewHeatCapacity = 1450;
    const double ScrewConductance = 0.17;
    const double HeadMass = 0.28;
    const double HeadWallConductance = 1.0;

    readonly double[] enthalpy = new double[Geometry.Zones];
    readonly double[] screwCelsius = new double[Geometry.Zones];
    readonly double[] heatFromBarrel = new double[Geometry.Zones];
    double headEnthalpy;

    public MeltChannel(double startCelsius)
    {
        Array.Fill(enthalpy, Polymer.EnthalpyAt(startCelsius));
        Array.Fill(screwCelsius, startCelsius);
        headEnthalpy = enthalpy[^1];
    }

    public ReadOnlySpan<double> HeatFromBarrelWatts => heatFromBarrel;
    public double ShaftWatts { get; private set; }
    public double HeadCelsius => Polymer.CelsiusAt(headEnthalpy);
    public double MeteringCelsius => Polymer.CelsiusAt((enthalpy[^1] + enthalpy[^2]) / 2);
    public double ScrewMeanCelsius => screwCelsius.Average();

    public double PolymerCelsius(int zone) => Polymer.CelsiusAt(enthalpy[zone]);

    public void Step(double seconds, Barrel barrel, ScrewMotion screw, double feedCelsius)
    {
        var inflowEnthalpy = Polymer.EnthalpyAt(feedCelsius);
        var shaft = screw.Flow * screw.PressurePascal;
        var wiping = Math.Pow(Math.Max(screw.TurnsPerSecond, 0.05) / NominalSpeed, WipingExponent);
        for (var i = 0; i < Geometry.Zones; i++)
        {
            var celsius = Polymer.CelsiusAt(enthalpy[i]);
            var melted = Polymer.MeltFraction(enthalpy[i]);
            var wall = barrel.InnerCelsius(i);
            var work = WorkOf(i, celsius, melted, wall, screw);
            var coefficient = (WallCoefficientSolid + (WallCoefficientMelt - WallCoefficientSolid) * melted) * wiping;
            // A cell is mixed, but the material at its wall has, on average, the temperature midway between inlet and outlet.
            var atWall = screw.MassFlow > 0 ? (Polymer.CelsiusAt(inflowEnthalpy) + celsius) / 2 : celsius;
            heatFromBarrel[i] = coefficient * Math.PI * Geometry.Diameter * Geometry.ZoneLength * (wall - atWall);
            var fromScrew = ScrewCoefficient * Math.PI * (Geometry.Diameter - 2 * Geometry.ChannelDepth[i]) * Geometry.ZoneLength
                * (screwCelsius[i] - celsius);
            StepScrew(i, seconds, fromScrew);
            var leaving = enthalpy[i];
            enthalpy[i] += seconds * (screw.MassFlow * (inflowEnthalpy - leaving) + heatFromBarrel[i] + fromScrew + work)
                / Geometry.ChannelMass(i);
            inflowEnthalpy = leaving;
            shaft += work;
        }
        ShaftWatts = shaft;
        // Pumping work turns into heat where the pressure drops: in head and die. The die heaters hold the last zone's temperature.
        var pumping = screw.PressurePascal / Polymer.MeltDensity;
        var fromWall = HeadWallConductance * (barrel.InnerCelsius(Geometry.Zones - 1) - HeadCelsius);
        headEnthalpy += seconds * (screw.MassFlow * (inflowEnthalpy + pumping - headEnthalpy) + fromWall) / HeadMass;
    }

    static double WorkOf(int zone, double celsius, double melted, double wall, ScrewMotion screw)
    {
        var speed = Math.PI * Geometry.Diameter * screw.TurnsPerSecond;
        if (speed < 1e-4) return 0;
        var depth = Geometry.ChannelDepth[zone];
        var area = Math.PI * Geometry.Diameter * (1 - Geometry.FlightFraction);
        var lands = Math.PI * Geometry.Diameter * Geometry.FlightFraction;
        var film = 1 / (1 + Math.Exp(-(wall - Polymer.MeltingEndCelsius) / 5));
        var channel = melted * area * ChannelShape * Stress(celsius, speed / depth);
        var flight = film * lands * Stress((wall + celsius) / 2, speed / screw.FlightClearance);
        var meltFilm = FilmShareOfWall * (1 - melted) * film * area
            * Stress((wall + Polymer.MeltingEndCelsius) / 2, speed / FilmThickness);
        var solids = (1 - melted) * (1 - film) * area * SolidFrictionStress;
        return Geometry.ZoneLength * speed * screw.Fill * (channel + flight + meltFilm + solids);

        double Stress(double atCelsius, double shearRate) => shearRate * Polymer.Viscosity(atCelsius, shearRate, screw.Grade);
    }

    void StepScrew(int zone, double seconds, double toPolymer)
    {
        var along = 0.0;
        if (zone > 0) along += ScrewConductance * (screwCelsius[zone - 1] - screwCelsius[zone]);
        if (zone + 1 < Geometry.Zones) along += ScrewConductance * (screwCelsius[zone + 1] - screwCelsius[zone]);
        screwCelsius[zone] += seconds * (along - toPolymer) / ScrewHeatCapacity;
    }
}

/// <summary>The screw's current operating point. SI units; grade is relative to the nominal material.</summary>
readonly record struct ScrewMotion(
    double TurnsPerSecond, double Flow, double PressurePascal, double FlightClearance, double Fill, double Grade)
{
    public double MassFlow => Polymer.MeltDensity * Flow;
}

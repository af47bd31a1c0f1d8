namespace Plant.Line;

/// <summary>60 mm, 25 D screw in five zones of 0.3 m; depths are averages over each zone. Metres.</summary>
static class Geometry
{
    public const int Zones = 5;
    public const double Diameter = 0.060;
    public const double OuterDiameter = 0.130;
    public const double ZoneLength = 0.3;
    public const double FlightFraction = 0.105;
    public const double FlightClearance = 1.0e-4;
    public const double MeteringDepth = 0.004;

    public static readonly double[] ChannelDepth = [0.0110, 0.0107, 0.0071, 0.0041, MeteringDepth];

    public static double BoreArea => Math.PI * Diameter * Diameter / 4;

    public static double ChannelMass(int zone) => Polymer.MeltDensity * Math.PI * (Diameter - ChannelDepth[zone])
        * ChannelDepth[zone] * (1 - FlightFraction) * ZoneLength;
}

using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>
/// A single-flighted screw: channel depth constant in the feed section, decreasing linearly over the compression section, constant in the
/// metering section (physics.md 1.1). Geometry and speed only; the polymer in it is a <see cref="MeltChannel"/>.
/// </summary>
public sealed class Screw : Component
{
    internal static ComponentType Type { get; } = new("screw", "A single-flighted screw.",
    [
        new("diameter", "length", "Bore of the barrel"),
        new("lead", "length", "Axial length of one turn of the flight"),
        new("flight-width", "length", "Width of the flight, normal to it"),
        new("feed-depth", "length", "Channel depth of the feed section"),
        new("metering-depth", "length", "Channel depth of the metering section"),
        new("clearance", "length", "Clearance between flight and barrel"),
        new("feed-end", "length", "End of the feed section", IsLayout: true),
        new("compression-end", "length", "End of the compression section", IsLayout: true),
    ],
        [new("speed", typeof(Signal))], () => new Screw());

    internal Node Diameter { get; private set; } = null!;

    internal Node Depth { get; private set; } = null!;

    internal Node MeteringDepth { get; private set; } = null!;

    internal Node Clearance { get; private set; } = null!;

    internal Node RootDiameter { get; private set; } = null!;

    /// <summary>Share of the barrel's surface covered by the flight.</summary>
    internal Node FlightFraction { get; private set; } = null!;

    internal Node ChannelWidth { get; private set; } = null!;

    internal Node Sine { get; private set; } = null!;

    internal Node Cosine { get; private set; } = null!;

    /// <summary>Revolutions per second.</summary>
    internal Node Speed { get; private set; } = null!;

    /// <summary>Speed of the barrel surface relative to the screw, m/s.</summary>
    internal Node SurfaceSpeed { get; private set; } = null!;

    internal double MeteringStart { get; private set; }

    /// <inheritdoc />
    public override void Declare(Site site)
    {
        var graph = site.Graph;
        (Diameter, MeteringDepth, Clearance) = (site["diameter"], site["metering-depth"], site["clearance"]);
        var (feedEnd, meteringStart) = (site.Layout("feed-end"), site.Layout("compression-end"));
        MeteringStart = meteringStart;
        var metered = graph.Field(z => Math.Clamp((z - feedEnd) / (meteringStart - feedEnd), 0, 1));
        Depth = site["feed-depth"] + (MeteringDepth - site["feed-depth"]) * metered;
        RootDiameter = Diameter - 2 * Depth;
        // Lead and circumference are the legs of the unrolled helix triangle.
        var circumference = Math.PI * Diameter;
        var turn = graph.Sqrt(circumference * circumference + site["lead"] * site["lead"]);
        (Sine, Cosine) = (site["lead"] / turn, circumference / turn);
        FlightFraction = site["flight-width"] / (circumference * Sine);
        ChannelWidth = circumference * Sine - site["flight-width"];
        Speed = site.Port<Signal>("speed").Value;
        SurfaceSpeed = circumference * Speed;
    }
}

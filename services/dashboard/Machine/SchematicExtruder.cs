using Contracts.Query.V1;

namespace Dashboard.Machine;

static partial class SchematicLayout
{
    const double ExtruderWidth = 1180;
    const double CardGap = 10;

    // From left to right as on the machine: drive, gearbox, barrel with screw, die, haul-off.
    static readonly string[] BelowInOrder = ["motor", "gearbox", "bearing", "screw", "barrel", "die", "haul-off"];

    static Drawing Extruder(Asset asset)
    {
        var zones = Zones(asset);
        const double barrelX = 262, barrelEnd = 890;
        var zoneWidth = (barrelEnd - barrelX) / zones.Count;
        List<Shape> shapes = [];
        List<Card> cards = [];
        for (var i = 0; i < zones.Count; i++)
        {
            var x = barrelX + i * zoneWidth;
            shapes.Add(Of(zones[i], x, 0, zoneWidth, 0));
            cards.Add(CardOf(asset, zones[i].Name, SensorsOf(asset, zones[i].Id), x + 3, 6, zoneWidth - 6));
        }
        var top = cards.Max(c => c.Y + c.Height) + 52;
        const double height = 84;
        var middle = top + height / 2;
        shapes = [.. shapes.Select(s => s with { Y = top, Height = height })];
        foreach (var component in asset.Components)
        {
            var shape = component.Kind switch
            {
                "motor" => Of(component, 16, middle - 36, 104, 72),
                "gearbox" => Of(component, 140, middle - 44, 70, 88),
                "bearing" => Of(component, 218, middle - 26, 30, 52),
                "screw" => Of(component, barrelX - 6, middle - 20, barrelEnd - barrelX + 6, 40),
                "die" => Of(component, barrelEnd, middle - 34, 86, 68),
                "haul-off" => Of(component, 1020, middle - 40, 144, 80),
                _ => null,
            };
            if (shape is not null) shapes.Add(shape);
        }

        var below = asset.Components.Where(c => c.Kind != "temperature-zone" && SensorsOf(asset, c.Id).Count > 0)
            .OrderBy(c => Array.IndexOf(BelowInOrder, c.Kind) is >= 0 and var place ? place : BelowInOrder.Length).ToList();
        var (cardWidth, cardY) = ((ExtruderWidth - CardGap * (below.Count - 1)) / Math.Max(1, below.Count), top + height + 42);
        List<Link> links = [];
        for (var i = 0; i < below.Count; i++)
        {
            var card = CardOf(asset, below[i].Name, SensorsOf(asset, below[i].Id), i * (cardWidth + CardGap), cardY, cardWidth);
            cards.Add(card);
            var shape = shapes.FirstOrDefault(s => s.Component == below[i].Id);
            var (fromX, fromY) = shape is null
                ? (barrelX + (barrelEnd - barrelX) * 0.7, top + height)
                : shape.Kind == "screw"
                    ? (barrelX + (barrelEnd - barrelX) * 0.4, top + height)
                    : (shape.X + shape.Width / 2, shape.Y + shape.Height);
            var toX = card.X + card.Width / 2;
            links.Add(new("shows",
                FormattableString.Invariant($"M{fromX:0.#} {fromY:0.#} V{cardY - 20:0.#} L{toX:0.#} {cardY - 10:0.#} V{cardY:0.#}")));
        }
        links.Add(new("drives", FormattableString.Invariant($"M120 {middle:0.#} H140 M210 {middle:0.#} H{barrelX:0.#}")));
        links.Add(new("feeds", FormattableString.Invariant($"M{barrelEnd + 86:0.#} {middle:0.#} H1020")));
        return new(ExtruderWidth, cards.Max(c => c.Y + c.Height) + 8, shapes, links, cards);

        static Shape Of(Component c, double x, double y, double width, double height) => new(c.Id, c.Kind, c.Name, x, y, width, height);
    }
}

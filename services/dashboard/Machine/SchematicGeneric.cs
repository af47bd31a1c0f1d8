using System.Globalization;
using Contracts.Query.V1;

namespace Dashboard.Machine;

static partial class SchematicLayout
{
    const double BoxWidth = 230;
    const double ColumnGap = 64;
    const double RowGap = 26;

    static Drawing Generic(Asset asset)
    {
        var flows = asset.Relationships.Where(r => r.Type is "feeds" or "drives").ToList();
        // A component that others are part of and that has no flows is the whole: its values go above the others.
        var wholes = asset.Components.Where(
            c => asset.Relationships.Any(r => r.Type == "part-of" && r.To == c.Id) && !flows.Any(f => f.From == c.Id || f.To == c.Id))
                .ToList();
        var parts = asset.Components.Except(wholes).ToList();
        var columns = Columns(parts.Select(p => p.Id).ToList(), flows);

        List<Card> cards = [];
        Dictionary<string, Card> places = [];
        var (x, top, width) = (0.0, 4.0, 0.0);
        foreach (var whole in wholes.Where(w => SensorsOf(asset, w.Id).Count > 0))
        {
            var card = CardOf(asset, whole.Name, SensorsOf(asset, whole.Id), x, top, BoxWidth);
            cards.Add(card);
            x += BoxWidth + 20;
            width = Math.Max(width, x);
        }
        var y0 = cards.Count == 0 ? top : cards.Max(c => c.Y + c.Height) + RowGap;
        foreach (var column in parts.GroupBy(p => columns[p.Id]).OrderBy(g => g.Key))
        {
            var y = y0;
            foreach (var part in column)
            {
                var card = CardOf(asset, part.Name, SensorsOf(asset, part.Id), column.Key * (BoxWidth + ColumnGap), y, BoxWidth);
                cards.Add(places[part.Id] = card);
                y += card.Height + RowGap;
                width = Math.Max(width, card.X + card.Width);
            }
        }
        var bottom = cards.Count == 0 ? 60 : cards.Max(c => c.Y + c.Height);
        List<Link> links = [];
        foreach (var flow in flows)
        {
            if (!places.TryGetValue(flow.From, out var from) || !places.TryGetValue(flow.To, out var to)) continue;
            var (y1, y2) = (from.Y + Math.Min(from.Height, 44) / 2, to.Y + Math.Min(to.Height, 44) / 2);
            links.Add(new(flow.Type, to.X > from.X
                ? FormattableString.Invariant(Curve(from.X + from.Width, y1, to.X - 4, y2))
                // Back to the start, routed below everything.
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"M{from.X + from.Width / 2:0.#} {from.Y + from.Height:0.#} V{bottom + 16:0.#} H{to.X + to.Width / 2:0.#} V"
                        + $"{to.Y + to.Height + 4:0.#}")));
        }
        return new(Math.Max(width, BoxWidth) + 4, bottom + 24, [], links, cards);
    }

    /// <summary>Column of each part: the longest path from a start; flows that close a cycle are ignored.</summary>
    static Dictionary<string, int> Columns(IReadOnlyList<string> parts, IReadOnlyList<Relationship> flows)
    {
        var columns = parts.ToDictionary(p => p, _ => 0);
        var targets = flows.Select(f => f.To).ToHashSet();
        HashSet<string> onWay = [], reached = [];
        foreach (var start in parts.Where(p => !targets.Contains(p)).Concat(parts.Where(p => flows.Any(f => f.From == p))))
        {
            if (!reached.Contains(start) || !targets.Contains(start)) Visit(start, 0);
        }
        return columns;

        void Visit(string part, int column)
        {
            if (!columns.ContainsKey(part) || !onWay.Add(part)) return;
            reached.Add(part);
            if (column > columns[part]) columns[part] = column;
            foreach (var next in flows.Where(f => f.From == part && !onWay.Contains(f.To) && columns.GetValueOrDefault(f.To) <= column))
                Visit(next.To, column + 1);
            onWay.Remove(part);
        }
    }
}

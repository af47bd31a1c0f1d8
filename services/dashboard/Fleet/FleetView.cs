namespace Dashboard.Fleet;

/// <summary>Filter and order of the machine list.</summary>
sealed record FleetView
{
    public string Search { get; init; } = "";

    public string Model { get; init; } = "";

    /// <summary>Empty: all; <c>any</c>: any active alarm; otherwise exactly this severity.</summary>
    public string Severity { get; init; } = "";

    public string Health { get; init; } = "";

    /// <summary>Empty: all; <c>none</c>: no estimate; otherwise exactly this state.</summary>
    public string Sync { get; init; } = "";

    public bool OnlyStale { get; init; }

    public string SortBy { get; init; } = "alarm";

    public bool IsDescending { get; init; } = true;

    public bool Shows(FleetItem item) =>
        (Search.Length == 0 || item.AssetId.Contains(Search, StringComparison.OrdinalIgnoreCase)
            || item.Name.Contains(Search, StringComparison.OrdinalIgnoreCase))
        && (Model.Length == 0 || item.ModelId == Model)
        && (Severity.Length == 0 || (Severity == "any" ? item.Severity.Length > 0 : item.Severity == Severity))
        && (Health.Length == 0 || item.Health == Health)
        && (Sync.Length == 0 || item.Sync == (Sync == "none" ? "" : Sync))
        && (!OnlyStale || item.IsStale);

    /// <summary>The listed machines. Ties are ordered by id, comparing numbers within ids as numbers.</summary>
    public List<FleetItem> Of(IEnumerable<FleetItem> items)
    {
        var shown = items.Where(Shows).ToList();
        shown.Sort((a, b) =>
        {
            var order = SortBy switch
            {
                "alarm" => (a.SeverityRank, a.Alarms).CompareTo((b.SeverityRank, b.Alarms)),
                "health" => a.HealthRank.CompareTo(b.HealthRank),
                "sync" => a.SyncRank.CompareTo(b.SyncRank),
                "freshness" => b.SampledAt.CompareTo(a.SampledAt),
                "model" => string.CompareOrdinal(a.ModelId, b.ModelId),
                _ => NaturalOrder(a.AssetId, b.AssetId),
            };
            if (IsDescending) order = -order;
            return order != 0 ? order : NaturalOrder(a.AssetId, b.AssetId);
        });
        return shown;
    }

    /// <summary>Sorting by the same column again reverses the order.</summary>
    public FleetView Sorted(string by) =>
        this with { SortBy = by, IsDescending = SortBy == by ? !IsDescending : by is "alarm" or "health" or "sync" };

    public string AriaSort(string by) => SortBy != by ? "none" : IsDescending ? "descending" : "ascending";

    // line-2 before line-10. The framework's numeric comparison needs ICU.
    internal static int NaturalOrder(string a, string b)
    {
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (!char.IsAsciiDigit(a[i]) || !char.IsAsciiDigit(b[j]))
            {
                if (a[i++].CompareTo(b[j++]) is not 0 and var order) return order;
                continue;
            }
            var x = Digits(a, ref i);
            var y = Digits(b, ref j);
            if (x.Length != y.Length) return x.Length - y.Length;
            if (x.CompareTo(y, StringComparison.Ordinal) is not 0 and var byNumber) return byNumber;
        }
        return a.Length - i - (b.Length - j);
    }

    static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }
}

namespace Query.Graphs;

/// <summary>How many trees have room on a page. Pure.</summary>
static class FitPage
{
    /// <summary>The first roots whose trees have room together; at least one, if there is any.</summary>
    /// <param name="roots">The roots.</param>
    /// <param name="below">What is directly below each node.</param>
    /// <param name="depth">Levels below a root that are shown.</param>
    /// <param name="most">Most nodes that are shown.</param>
    public static IEnumerable<string> Of(
        IEnumerable<string> roots, IReadOnlyDictionary<string, List<string>> below, int depth, int most)
    {
        var shown = 0;
        foreach (var root in roots)
        {
            var first = shown == 0;
            shown += Count(below, root, depth, most + 1);
            if (shown > most && !first) yield break;
            yield return root;
        }
    }

    static int Count(IReadOnlyDictionary<string, List<string>> below, string node, int depth, int enough)
    {
        var count = 1;
        if (depth > 0)
            foreach (var child in below[node])
                if (count < enough) count += Count(below, child, depth - 1, enough - count);
        return count;
    }
}

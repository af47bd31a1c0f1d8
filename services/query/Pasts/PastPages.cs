using Query.Api;

namespace Query.Pasts;

/// <summary>Makes pages of things as the log knew them; each is folded before it is known whether it belongs to the page.</summary>
static class PastPages
{
    const int AtOnce = 100;
    const int MostLookedAt = 5_000;

    /// <summary>A page; it may hold fewer than its size although another follows.</summary>
    /// <param name="size">Most entries of the page.</param>
    /// <param name="next">Reads entries as they are now, up to a number, after one of them or after the page before.</param>
    /// <param name="then">Which of them belong to the page, as they were, in the same order.</param>
    /// <param name="cursorAfter">The cursor of what comes after an entry, the same for what it is and what it was.</param>
    public static async Task<Page<T>> Fill<T>(
        int size, Func<T?, int, Task<List<T>>> next, Func<List<T>, Task<IEnumerable<T>>> then, Func<T, string> cursorAfter)
        where T : class
    {
        List<T> page = [];
        for (var (last, looked) = ((T?)null, 0); ; looked += AtOnce)
        {
            if (looked >= MostLookedAt) return new(page, cursorAfter(last!));
            var rows = await next(last, AtOnce);
            page.AddRange(await then(rows));
            if (page.Count > size || rows.Count < AtOnce) return Paging.Of(page, size, cursorAfter);
            last = rows[^1];
        }
    }
}

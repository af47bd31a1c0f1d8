using System.ComponentModel;
using ServiceDefaults;

namespace Query.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">The entries of this page.</param>
sealed record Page<T>(
    IReadOnlyList<T> Items, [property: Description("Cursor for the next page; null on the last page.")] string? NextCursor);

/// <summary>Limits of page sizes.</summary>
static class Paging
{
    public const int Default = 100;
    public const int Most = 500;

    /// <exception cref="InvalidInputException">Out of bounds.</exception>
    public static int Limit(int? asked, int most = Most) => asked switch
    {
        null => Default,
        >= 1 when asked <= most => asked.Value,
        _ => throw new InvalidInputException("limit", asked, $"1 to {most}"),
    };

    /// <summary>Makes a page of rows, of which one more than the limit was read to see whether there is a next page.</summary>
    public static Page<T> Of<T>(List<T> rows, int limit, Func<T, string> cursorAfter)
    {
        if (rows.Count <= limit) return new(rows, null);
        rows.RemoveRange(limit, rows.Count - limit);
        return new(rows, cursorAfter(rows[^1]));
    }
}

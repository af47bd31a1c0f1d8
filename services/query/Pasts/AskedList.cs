using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Query.Api;
using Query.Events;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Query.Pasts;

/// <summary>Where a page begins.</summary>
/// <param name="After">The parts of the cursor; null on the first page.</param>
/// <param name="Moment">The moment of the first page; null on the first page itself, and where that one showed the present.</param>
readonly record struct PageStart(string[]? After, PastMoment? Moment)
{
    /// <summary>The moment that the page shows; null: the present.</summary>
    public async Task<PastMoment?> MomentOf(FindPast find, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel) =>
        After is not null || (validAt is null && knownAt is null) ? Moment : await find.Moment(validAt, knownAt, cancel);
}

/// <summary>
/// A list with the filters that a caller asked for. Its cursors hold a fingerprint of the filters and the moment of the first page: every
/// page answers the same question, and another filter or moment beside a cursor is refused.
/// </summary>
/// <param name="name">Name of the list.</param>
/// <param name="filters">Its filters in a fixed order; empty text and null are the same, and so is any order of an array.</param>
sealed class AskedList(string name, params object?[] filters)
{
    /// <summary>Description of the parameter cursor in the API reference.</summary>
    public const string Meaning = "nextCursor of the previous page, asked for with the same filters.";

    /// <summary>The same for a list that can show a moment.</summary>
    public const string MeaningAt =
        "nextCursor of the previous page, asked for with the same filters; it keeps the moment of the first page.";

    // Against mistakes, not against forgery: a forged cursor shows nothing that its caller could not ask for.
    const int FingerprintBytes = 6;

    readonly string fingerprint = Fingerprint(filters);

    /// <summary>The cursor of what comes after something, in a list without a moment of its own.</summary>
    public string Cursor(params string[] after) => Api.Cursor.Encode(name, [fingerprint, .. after]);

    /// <summary>The cursor of what comes after something at a moment; null: in the present.</summary>
    public string CursorAt(PastMoment? moment, params string[] after) => Cursor([.. PastMoment.Parts(moment), .. after]);

    /// <inheritdoc cref="CursorAt(PastMoment?, string[])"/>
    public string CursorAt(PastMoment? moment, DateTimeOffset time, string id) =>
        CursorAt(moment, Micros.From(time).ToString(CultureInfo.InvariantCulture), id);

    /// <summary>The parts of a cursor of a list without a moment of its own; null on the first page.</summary>
    /// <exception cref="InvalidInputException">Not a cursor of this list, or one with other filters.</exception>
    public string[]? After(int parts, string? cursor)
    {
        if (Api.Cursor.Decode(name, 1 + parts, cursor) is not [var asked, .. var after]) return null;
        CheckFilters(asked, cursor);
        return after;
    }

    /// <summary>The only part of such a cursor, as a number.</summary>
    /// <exception cref="InvalidInputException">Not a cursor of this list, or one with other filters.</exception>
    public long? AfterNumber(string? cursor) => After(1, cursor) is [var text] ? Number(text, cursor) : null;

    /// <summary>Where a page begins.</summary>
    /// <exception cref="InvalidInputException">Not a cursor of this list, or one with other filters or another moment.</exception>
    public PageStart Begin(int parts, string? cursor, DateTimeOffset? validAt, KnownAt? knownAt)
    {
        if (Api.Cursor.Decode(name, 1 + PastMoment.PartCount + parts, cursor) is not [var asked, .. var rest]) return default;
        var moment = PastMoment.ParseOrPresent(rest.AsSpan(0, PastMoment.PartCount), cursor, name);
        if (moment is { } then) then.Continued(validAt, knownAt);
        else RefuseMoment(validAt, knownAt);
        CheckFilters(asked, cursor);
        return new(rest[PastMoment.PartCount..], moment);
    }

    /// <summary>The parts of a cursor that are a time and an id; nothing on the first page.</summary>
    /// <exception cref="InvalidInputException">They are not.</exception>
    public (DateTimeOffset? Time, string? Id) TimeAndId(PageStart start, string? cursor)
    {
        if (start.After is not [var micros, var id]) return (null, null);
        var at = Number(micros, cursor);
        return Math.Abs(at) < 1L << 57 ? (Micros.ToTime(at), id) : throw NotMine(cursor);
    }

    /// <summary>The part of a cursor that is a number; null on the first page.</summary>
    /// <exception cref="InvalidInputException">It is not.</exception>
    public long? Number(PageStart start, string? cursor) => start.After is [var text] ? Number(text, cursor) : null;

    long Number(string text, string? cursor) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : throw NotMine(cursor);

    void CheckFilters(string asked, string? cursor)
    {
        if (asked != fingerprint)
            throw new InvalidInputException("cursor", cursor, $"the nextCursor of an earlier page of {name} with the same filters as now");
    }

    static void RefuseMoment(DateTimeOffset? validAt, KnownAt? knownAt)
    {
        const string Allowed = "none, as on the first page, which showed the present";
        if (validAt is { } at) throw new InvalidInputException("validAt", at, Allowed);
        if (knownAt is { } known) throw new InvalidInputException(Input.KnownAt, known, Allowed);
    }

    InvalidInputException NotMine(string? cursor) => new("cursor", cursor, $"the nextCursor of an earlier page of {name}");

    static string Fingerprint(object?[] filters)
    {
        var asked = JsonSerializer.SerializeToUtf8Bytes(filters.Select(f => f switch
        {
            "" => null,
            IEnumerable<string> several => several.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } sorted ? sorted : null,
            _ => f,
        }));
        return Convert.ToHexStringLower(SHA256.HashData(asked).AsSpan(0, FingerprintBytes));
    }
}

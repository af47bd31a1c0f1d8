using System.Globalization;
using Query.Api;
using ServiceDefaults;

namespace Query.Pasts;

/// <summary>Answers for moments before something was known: which parameter is too early, and from when on there is an answer.</summary>
static class NotYet
{
    /// <summary>An asset that was not known at a position of the log, or, if it was, at a time.</summary>
    public static NotFoundException Asset(
        RegisteredAsset asset, PastMoment moment, string validName = "validAt", string knownName = Input.KnownAt) =>
        moment.KnownAt < asset.FirstPosition
            ? AtPosition("asset", asset.Id, moment, asset.FirstPosition, $"it was registered at {Text(asset.RegisteredAt)}", knownName)
            : AtTime("asset", asset.Id, moment.ValidAt, asset.RegisteredAt, validName);

    /// <summary>An asset of which nothing was known at a time, although it was registered later.</summary>
    public static NotFoundException Asset(PastAsset asset) => AtTime("asset", asset.Id, asset.ValidAt, asset.RegisteredAt, "validAt");

    /// <exception cref="NotFoundException">The asset was not known at the position of a moment.</exception>
    public static void Check(RegisteredAsset asset, PastMoment? moment)
    {
        if (moment is { } then && then.KnownAt < asset.FirstPosition) throw Asset(asset, then);
    }

    /// <exception cref="NotFoundException">The asset was not known where the log ends for a moment.</exception>
    /// <param name="asset">The asset.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="position">Where the log ends for it.</param>
    /// <param name="validAt">The time that was asked for; null: none.</param>
    public static void Check(RegisteredAsset asset, PastMoment moment, long position, DateTimeOffset? validAt)
    {
        if (position >= asset.FirstPosition) return;
        throw validAt is { } at && moment.KnownAt >= asset.FirstPosition
            ? AtTime("asset", asset.Id, at, asset.RegisteredAt, "validAt")
            : Asset(asset, moment);
    }

    /// <summary>Something that the log did not hold yet.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="id">Its identity.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="first">The first position with it; null: not known.</param>
    /// <param name="began">When it began, for the message.</param>
    /// <param name="knownName">The parameter.</param>
    public static NotFoundException AtPosition(
        string what, string id, PastMoment moment, long? first, string began, string knownName = Input.KnownAt) => new(
        string.Create(CultureInfo.InvariantCulture, $"There is no {what} '{ShownText.Of(id)}' at log position {moment.KnownAt}: {began}."))
        {
            Offending = new(
            knownName, moment.AskedTime is { } time ? Text(time) : moment.KnownAt.ToString(CultureInfo.InvariantCulture),
            first is { } position ? string.Create(CultureInfo.InvariantCulture, $"a log position from {position} on, or its time; {began}")
                : $"a later log position or time; {began}"),
        };

    /// <summary>Something that began later than a time.</summary>
    public static NotFoundException AtTime(
        string what, string id, DateTimeOffset asked, DateTimeOffset began, string fieldName) =>
        new($"There is no {what} '{ShownText.Of(id)}' at {Text(asked)}: it is known from {Text(began)} on.")
        {
            Offending = new(fieldName, Text(asked), $"a time from {Text(began)} on"),
        };

    /// <summary>A time as messages show it.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);
}

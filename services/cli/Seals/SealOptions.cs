using System.CommandLine;
using System.Globalization;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>What verify and export have in common.</summary>
static class SealOptions
{
    public const string KeysVariable = "Seals__Keys";

    public static Option<string?> Day(string name, string what) => new(name) { Description = $"{what}: yyyy-MM-dd" };

    public static Option<string?> Keys() => new("--keys")
    {
        Description = $"PEM file with a public key, or folder of such files; rotated keys, too (default: environment {KeysVariable})",
    };

    public static Option<string> Before() => new("--before")
    {
        Description = "The days before this one: yyyy-MM-dd",
        Required = true,
    };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Only say what would happen" };

    /// <summary>The sealed days before another.</summary>
    /// <exception cref="InvalidInputException">The day before it is not sealed yet.</exception>
    public static IEnumerable<StoredSeal> AllBefore(IReadOnlyList<StoredSeal> seals, DateOnly before) =>
        seals.Count > 0 && before <= seals[^1].Seal.Day.AddDays(1) ? seals.Where(s => s.Seal.Day < before)
            : throw new InvalidInputException("--before", CanonicalBytes.Shown(before), seals.Count == 0
                ? "none, as no day is sealed yet"
                : $"a day up to {CanonicalBytes.Shown(seals[^1].Seal.Day.AddDays(1))}; later ones are not sealed yet");

    /// <exception cref="InvalidInputException">Not a day.</exception>
    public static DateOnly? ParseDay(string name, string? text) =>
        text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new InvalidInputException(name, text, "a day as yyyy-MM-dd");

    /// <exception cref="InvalidInputException">None is given, or it is not readable.</exception>
    public static SealKeys ReadKeys(string? given) =>
        (given ?? Environment.GetEnvironmentVariable(KeysVariable)) is { Length: > 0 } path
            ? SealKeys.Read("--keys", path)
            : throw new InvalidInputException(
                "--keys", null, "a PEM file with the public key that seals are signed by, or a folder of such files");

    /// <exception cref="InvalidInputException">No connection string.</exception>
    public static NpgsqlDataSource Database()
    {
        const string Name = "ConnectionStrings__Postgres";
        return Environment.GetEnvironmentVariable(Name) is { Length: > 0 } given
            ? NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(given) { ApplicationName = "pollux", Timeout = 10 })
            : throw new InvalidInputException(
                Name, null, "Host=…;Port=…;Username=…;Password=…;Database=… (an environment variable)");
    }

    /// <summary>The sealed days of a range.</summary>
    /// <exception cref="InvalidInputException">The range is empty, or reaches beyond what is sealed.</exception>
    public static List<StoredSeal> Within(IReadOnlyList<StoredSeal> seals, DateOnly? from, DateOnly? to)
    {
        if (seals.Count == 0) return [];
        var days = seals.Select(s => s.Seal.Day).ToList();
        var allowed = $"a day from {CanonicalBytes.Shown(days.Min())} to {CanonicalBytes.Shown(days.Max())}, the days that are sealed";
        foreach (var (name, day) in new[] { ("--from", from), ("--to", to) })
        {
            if (day is { } given && (given < days.Min() || given > days.Max()))
                throw new InvalidInputException(name, CanonicalBytes.Shown(given), allowed);
        }
        if (from > to) throw new InvalidInputException("--to", CanonicalBytes.Shown(to!.Value), "a day that is not before --from");
        return [.. seals.Where(s => !(s.Seal.Day < from) && !(s.Seal.Day > to))];
    }
}

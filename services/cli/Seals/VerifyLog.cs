using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>Compares the log, or an export of it, with its seals, and names the first event that is not as it was sealed.</summary>
static class VerifyLog
{
    public static Command Command()
    {
        var asset = new Option<string?>("--asset") { Description = "Only the streams of this asset (default: all)" };
        var from = SealOptions.Day("--from", "First day (default: the first sealed)");
        var to = SealOptions.Day("--to", "Last day (default: the last sealed)");
        var export = new Option<string?>("--export") { Description = "Folder written by export, instead of the database" };
        var published = new Option<string?>("--seal")
        {
            Description = "A hash that was published, as printed for each day: one of the seals must have it",
        };
        var keys = SealOptions.Keys();
        var command = new Command("verify", "Prove that nothing in sealed days of the log was changed, or name the first event that was")
        {
            asset, from, to, export, published, keys,
        };
        command.SetAction((parsed, cancel) => Run(
            parsed.GetValue(asset), SealOptions.ParseDay("--from", parsed.GetValue(from)),
            SealOptions.ParseDay("--to", parsed.GetValue(to)), parsed.GetValue(export), parsed.GetValue(published), parsed.GetValue(keys),
            cancel));
        return command;
    }

    static async Task<int> Run(
        string? asset, DateOnly? from, DateOnly? to, string? export, string? published, string? keys, CancellationToken cancel)
    {
        if (published is not null && !(published.Length == 64 && published.All(char.IsAsciiHexDigitLower)))
            throw new InvalidInputException("--seal", published, "64 lowercase hexadecimal digits");
        if (export is not null)
        {
            // Whose keys these are, the auditor has to know from elsewhere.
            var inside = Path.Combine(export, ExportedLog.Keys);
            return await Verify(new ExportedLog(export), SealOptions.ReadKeys(keys ?? inside), asset, from, to, published, cancel);
        }
        await using var source = SealOptions.Database();
        return await Verify(
            new SealedLog(source, TimeProvider.System), SealOptions.ReadKeys(keys), asset, from, to, published, cancel);
    }

    /// <returns>Exit code: 1 when something was changed.</returns>
    public static async Task<int> Verify(
        ISealedLog log, SealKeys keys, string? asset, DateOnly? from, DateOnly? to, string? published, CancellationToken cancel)
    {
        var seals = await log.Seals(cancel);
        var range = SealOptions.Within(seals, from, to);
        var watch = Stopwatch.StartNew();
        SealFault? first = null;
        var (faults, days, events, bytes) = (0, 0, 0L, 0L);
        await foreach (var day in new VerifySeals(log, keys).Days(from, to, asset, cancel))
        {
            Console.WriteLine(Line(day, asset));
            first ??= day.Faults.FirstOrDefault();
            faults += day.Faults.Count + day.MoreFaults;
            (days, events, bytes) = (days + 1, events + day.Events, bytes + day.Bytes);
        }
        var seconds = watch.Elapsed.TotalSeconds;
        if (asset is not null && days > 0 && events == 0 && first is null)
            throw new InvalidInputException("--asset", asset, "the id of an asset with sealed events in these days");
        var isFound = published is null || seals.Any(s => new CanonicalBytes().Hash(s.Seal) == published);
        if (seals.Count == 0) Console.WriteLine("No day is sealed yet.");
        else
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{days} {(days == 1 ? "day" : "days")}, {events} events, {bytes / 1e6:0.#} MB in {seconds:0.0} s "
                    + $"({bytes / 1e9 / seconds * 60:0.0} GB/min); keys: {string.Join(", ", range.Select(s => s.Seal.KeyId).Distinct())}"));
        if (log.IsWhole && await log.After(seals.Count > 0 ? seals[^1].Seal.UpTo : 0, cancel) is > 0 and var open)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{open} events are not sealed yet."));
        if (first is not null)
        {
            Console.WriteLine($"First bad event: {Shown(first)}");
            if (faults > 1) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{faults - 1} more are above."));
        }
        if (!isFound)
            Console.WriteLine(
                $"No seal has the hash {published}: the log that it was published for had another history, or its last days are missing.");
        return first is null && isFound ? 0 : 1;
    }

    static string Line(VerifiedDay day, string? asset)
    {
        var seal = day.Seal;
        var of = asset is null ? "" : $" of {seal.Events}, those of {asset},";
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{CanonicalBytes.Shown(seal.Day)} {(day.Faults.Count == 0 ? "intact" : "CHANGED"),-7} {day.Events} events{of} up to position "
                + $"{seal.UpTo}, {seal.Streams} streams, seal {day.Hash}");
        IEnumerable<string> faults = day.Faults.Select(f => $"  {Shown(f)}");
        if (day.Dropped is { } dropped)
            faults = faults.Prepend(string.Create(CultureInfo.InvariantCulture,
                $"  {day.DroppedEvents} events of readings ({dropped.What.Readings} readings of {CanonicalBytes.Shown(seal.Day)}) were "
                    + $"dropped by retention, by {dropped.Actor ?? "somebody"} at {dropped.At:yyyy-MM-ddTHH:mm:ssZ}: "
                    + $"{dropped.Reason ?? "no reason given"}"));
        if (day.MoreFaults > 0) faults = faults.Append($"  and {day.MoreFaults} more streams");
        return string.Join('\n', faults.Prepend(line));
    }

    static string Shown(SealFault fault) => string.Create(CultureInfo.InvariantCulture,
        $"{fault.Stream}{(fault.Version is { } version ? $" version {version}" : "")}"
            + $"{(fault.Position > 0 ? $" position {fault.Position}" : "")} [{fault.Kind}] {fault.What}");
}

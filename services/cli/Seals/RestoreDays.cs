using System.CommandLine;
using System.Globalization;
using Contracts.Events;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>
/// Puts sealed days back into the event table, from an export or from the archive: with the same positions, versions, ids, times and
/// hashes.
/// </summary>
static class RestoreDays
{
    public static Command Command()
    {
        var folder = new Argument<string?>("FOLDER")
        {
            Description = "A folder written by export; absent: the archive",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (from, to) = (SealOptions.Day("--from", "First day (default: the first there is)"),
            SealOptions.Day("--to", "Last day (default: the last there is)"));
        var (isDry, keys) = (SealOptions.DryRun(), SealOptions.Keys());
        var command = new Command("restore-days", "Put sealed days of an export, or archived ones, back into the log as they were")
        {
            folder, from, to, isDry, keys,
        };
        command.SetAction((parsed, cancel) => Run(
            parsed.GetValue(folder), SealOptions.ParseDay("--from", parsed.GetValue(from)),
            SealOptions.ParseDay("--to", parsed.GetValue(to)), parsed.GetValue(isDry), parsed.GetValue(keys), cancel));
        return command;
    }

    static async Task<int> Run(
        string? folder, DateOnly? from, DateOnly? to, bool isDry, string? keyFiles, CancellationToken cancel)
    {
        var keys = SealOptions.ReadKeys(keyFiles);
        await using var source = SealOptions.Database();
        await using var only = await ArchiveLock.Take(source, cancel);
        var log = new SealedLog(source, TimeProvider.System);
        var days = folder is null
            ? SealOptions.Within(await log.Seals(cancel), from, to)
            : await Intact(new ExportedLog(folder, "FOLDER"), keys, from, to, cancel);
        var move = new MoveReadings(source, log);
        LogSealed? restored = null;
        foreach (var (seal, _, _) in days)
        {
            if (folder is not null) await CheckPlace(log, seal, restored, folder, cancel);
            restored = seal;
            if (isDry)
            {
                Console.WriteLine($"{CanonicalBytes.Shown(seal.Day)} would be restored as far as it is missing.");
                continue;
            }
            var events = folder is null ? await FromArchive(move, seal, cancel)
                : await move.Import(seal, new ExportedLog(folder, "FOLDER").Events(seal, null, cancel), cancel);
            if (events == 0 && folder is not null)
                throw new InvalidInputException(
                    "FOLDER", folder, $"days that are missing in the log; {CanonicalBytes.Shown(seal.Day)} is there");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CanonicalBytes.Shown(seal.Day)} restored: {events} events"));
        }
        if (isDry) return 0;
        var known = (await log.Seals(cancel)).Select(s => s.Seal.Day).Intersect(days.Select(d => d.Seal.Day)).ToList();
        return known.Count == 0 ? 0 : await VerifyLog.Verify(log, keys, null, known.Min(), known.Max(), null, cancel);
    }

    static async Task<long> FromArchive(MoveReadings move, LogSealed seal, CancellationToken cancel)
    {
        var events = 0L;
        await foreach (var part in move.FromArchive(seal, cancel)) events += part.Events;
        return events;
    }

    /// <summary>The days of an export, each of them as it was sealed.</summary>
    static async Task<List<StoredSeal>> Intact(
        ExportedLog export, SealKeys keys, DateOnly? from, DateOnly? to, CancellationToken cancel)
    {
        var days = SealOptions.Within(await export.Seals(cancel), from, to);
        await foreach (var day in new VerifySeals(export, keys).Days(from, to, null, cancel))
        {
            if (day.Faults.Count > 0)
                throw new InvalidDataException(
                    $"The export of {CanonicalBytes.Shown(day.Seal.Day)} is not as it was sealed, so nothing was restored: "
                        + $"{day.Faults[0].Stream} [{day.Faults[0].Kind}] {day.Faults[0].What}.");
        }
        return days;
    }

    /// <summary>The day is one of this log, or the one that continues it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="seal">The day.</param>
    /// <param name="restored">The day that was restored before; its seal is an event of this one.</param>
    /// <param name="folder">The export.</param>
    /// <param name="cancel">Stops.</param>
    static async Task CheckPlace(SealedLog log, LogSealed seal, LogSealed? restored, string folder, CancellationToken cancel)
    {
        var (canonical, seals, day) = (new CanonicalBytes(), await log.Seals(cancel), CanonicalBytes.Shown(seal.Day));
        if (seals.FirstOrDefault(s => s.Seal.Day == seal.Day) is { } known)
        {
            if (canonical.Hash(known.Seal) == canonical.Hash(seal)) return;
            throw new InvalidInputException("FOLDER", folder, $"an export of this log; {day} has another seal here");
        }
        var newest = restored ?? seals.LastOrDefault()?.Seal;
        if (seal.After != (newest?.UpTo ?? 0) || seal.Previous != (newest is null ? CloseDay.Nothing : canonical.Hash(newest)))
            throw new InvalidInputException("FOLDER", folder, newest is null
                ? $"an export from the first day on, as this log has none; {day} is not the first"
                : $"an export of this log; {day} does not continue {CanonicalBytes.Shown(newest.Day)}, the last day here");
        if (restored is null && await log.After(seal.After, cancel) > 0)
            throw new InvalidInputException(
                "FOLDER", folder, $"days that this log lacks; it has other events after position {seal.After}, where {day} begins");
    }
}

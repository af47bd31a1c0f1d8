using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>Moves readings of sealed days to the archive, where every service finds them as before.</summary>
static class ArchiveDays
{
    public static Command Command()
    {
        var (before, isDry, keys) = (SealOptions.Before(), SealOptions.DryRun(), SealOptions.Keys());
        var command = new Command(
            "archive", "Move readings of sealed days to the compressed archive in the log, where they are read as before")
        {
            before, isDry, keys,
        };
        command.SetAction((parsed, cancel) => Run(
            SealOptions.ParseDay("--before", parsed.GetValue(before))!.Value, parsed.GetValue(isDry), parsed.GetValue(keys), cancel));
        return command;
    }

    static async Task<int> Run(DateOnly before, bool isDry, string? keyFiles, CancellationToken cancel)
    {
        var keys = SealOptions.ReadKeys(keyFiles);
        await using var source = SealOptions.Database();
        await using var only = await ArchiveLock.Take(source, cancel);
        var log = new SealedLog(source, TimeProvider.System);
        var days = SealOptions.AllBefore(await log.Seals(cancel), before);
        var (move, total) = (new MoveReadings(source, log), new MovedReadings("", 0, 0, 0));
        foreach (var (seal, _, _) in days)
        {
            if (!await move.HasRows(seal, cancel)) continue;
            // Only what is intact is moved.
            await foreach (var verified in new VerifySeals(log, keys).Days(seal.Day, seal.Day, null, cancel))
            {
                if (verified.Faults.Count > 0)
                    throw new InvalidDataException(
                        $"{CanonicalBytes.Shown(verified.Seal.Day)} is not intact, so nothing of it is moved: ./pollux verify says why.");
            }
            var (watch, moved, streams) = (Stopwatch.StartNew(), new MovedReadings("", 0, 0, 0), new HashSet<string>());
            await foreach (var part in move.ToArchive(seal, isDry, cancel))
            {
                streams.Add(part.Stream);
                moved = Sum(moved, part);
            }
            total = Sum(total, moved);
            if (moved.Events > 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{CanonicalBytes.Shown(seal.Day)} {(isDry ? "would be archived" : "archived")}: {Shown(moved)} of {streams.Count} "
                        + $"streams in {watch.Elapsed.TotalSeconds:0.0} s"));
        }
        Console.WriteLine(total.Events == 0 ? $"No readings before {CanonicalBytes.Shown(before)} are left to archive."
            : $"{(isDry ? "Nothing was changed; it would be" : "In all")} {Shown(total)}.");
        return 0;
    }

    static MovedReadings Sum(MovedReadings a, MovedReadings b) =>
        new("", a.Events + b.Events, a.Readings + b.Readings, a.BlockBytes + b.BlockBytes);

    static string Shown(MovedReadings moved) => string.Create(CultureInfo.InvariantCulture,
        $"{moved.Events} events, {moved.Readings} readings in {moved.BlockBytes / 1e6:0.###} MB "
            + $"({(double)moved.BlockBytes / Math.Max(1, moved.Readings):0.00} bytes a reading)");
}

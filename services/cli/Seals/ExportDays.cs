using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>Writes sealed days to files that can be verified without Pollux.</summary>
static class ExportDays
{
    public static Command Command()
    {
        var (from, to) = (SealOptions.Day("--from", "First day"), SealOptions.Day("--to", "Last day"));
        var folder = new Option<string>("--to-folder") { Description = "A folder that does not exist or is empty", Required = true };
        (from.Required, to.Required) = (true, true);
        var keys = SealOptions.Keys();
        var command = new Command("export", "Write sealed days as Parquet with their seals and public keys, and verify what was written")
        {
            from, to, folder, keys,
        };
        command.SetAction((parsed, cancel) => Run(
            SealOptions.ParseDay("--from", parsed.GetValue(from))!.Value, SealOptions.ParseDay("--to", parsed.GetValue(to))!.Value,
            parsed.GetRequiredValue(folder), parsed.GetValue(keys), cancel));
        return command;
    }

    static async Task<int> Run(DateOnly from, DateOnly to, string folder, string? keyFiles, CancellationToken cancel)
    {
        var keys = SealOptions.ReadKeys(keyFiles);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new InvalidInputException("--to-folder", folder, "a folder that does not exist or is empty");
        await using var source = SealOptions.Database();
        var log = new SealedLog(source, TimeProvider.System);
        var seals = SealOptions.Within(await log.Seals(cancel), from, to);
        if (seals.Count == 0)
            throw new InvalidInputException("--from", CanonicalBytes.Shown(from), "a range with a sealed day");
        foreach (var (seal, _, _) in seals)
        {
            if (await Archive.HasDropped(source, seal.Day, cancel))
                throw new InvalidDataException(
                    $"{CanonicalBytes.Shown(seal.Day)} cannot be exported: its readings were dropped by retention; "
                        + "./pollux verify says when.");
        }
        Directory.CreateDirectory(Path.Combine(folder, ExportedLog.Keys));
        foreach (var (id, pem) in keys.Public)
            await File.WriteAllTextAsync(Path.Combine(folder, ExportedLog.Keys, $"{id}.pem"), pem, cancel);
        foreach (var (seal, _, _) in seals)
        {
            await ExportedLog.Write(ExportedLog.EventsOfDay(folder, seal.Day), log.Events(seal, null, cancel), cancel);
            await using var writer = new StreamWriter(ExportedLog.SealsOfDay(folder, seal.Day));
            await writer.WriteLineAsync(JsonSerializer.Serialize(seal, JsonSerializerOptions.Web));
            await foreach (var (closed, version, _) in log.Closed(seal.Day, cancel))
            {
                await writer.WriteLineAsync(closed is null
                    ? string.Create(CultureInfo.InvariantCulture, $"\"version {version} of {Streams.Seal(seal.Day)} can not be read\"")
                    : JsonSerializer.Serialize(closed, JsonSerializerOptions.Web));
            }
        }
        return await VerifyLog.Verify(new ExportedLog(folder), keys, null, from, to, null, cancel);
    }
}

using System.CommandLine;
using System.Globalization;
using ServiceDefaults;
using TwinModel.Assets;

namespace Cli.NewAssets;

/// <summary><c>new-asset</c>: a model for a machine nobody has described yet, from a recording of it.</summary>
static class NewAsset
{
    public static Command Command()
    {
        Argument<string> name = new("NAME") { Description = "Id of the model, and of its first asset: kebab-case" };
        Option<FileInfo> from = new("--from") { Description = "CSV file with a header and times", Required = true };
        Option<DirectoryInfo> to = new("--to")
        {
            Description = "Folder of the models",
            DefaultValueFactory = _ => new(Path.Combine("contracts", "assets")),
        };
        Option<string?> time = new("--time") { Description = "Header of the column of times (default: found)" };
        Option<string[]> unit = new("--unit") { Description = "COLUMN=UNIT, where the header does not say it; may be repeated" };
        Option<string[]> ignore = new("--ignore") { Description = "A column that is no sensor; may be repeated" };
        Command command = new("new-asset", "Propose a model from a recording: sensors, units, ranges, intervals")
        {
            name, from, to, time, unit, ignore,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(name), parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), parsed.GetValue(time),
            Units(parsed.GetValue(unit) ?? []), parsed.GetValue(ignore) ?? []));
        return command;
    }

    static int Run(
        string name, FileInfo from, DirectoryInfo to, string? time, IReadOnlyDictionary<string, string> units, string[] ignore)
    {
        if (!AssetId.IsAllowed(name)) throw new InvalidInputException("NAME", name, AssetId.Allowed);
        if (!from.Exists) throw new InvalidInputException("--from", from.FullName, "a file that exists");
        if (!to.Exists) throw new InvalidInputException("--to", to.FullName, "a folder that exists");
        var target = Path.Combine(to.FullName, $"{name}.asset.yaml");
        if (File.Exists(target)) throw new InvalidInputException("NAME", name, $"a model that is not there yet; {target} is");
        using var file = from.OpenRead();
        var proposed = ProposeModel.Of(ReadTable.Of(file, from.Name), time, units, ignore);
        var yaml = WriteModel.Of(name, proposed, from.Name);
        // What is written is what every service accepts.
        ReadAssetModel.FromText(yaml, target);
        try
        {
            File.WriteAllText(target, yaml);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException("--to", to.FullName, "a folder that can be written to");
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{target}: {proposed.Sensors.Count} sensors every {proposed.Interval} s, times in '{proposed.TimeHeader}'"));
        foreach (var sensor in proposed.Sensors)
        {
            var check = sensor.Remark is { } remark ? $"check: {remark}" : "";
            Console.WriteLine($"  {sensor.Header,-28} {sensor.Id,-28} {sensor.Unit.Symbol,-6} {check}".TrimEnd());
        }
        foreach (var (header, why) in proposed.Ignored) Console.WriteLine($"  {header,-28} left out: it {why}");
        Console.WriteLine();
        Console.WriteLine($"Look at it, then: ./pollux up && ./pollux replay {from} --asset {name} --speed 60");
        return 0;
    }

    static Dictionary<string, string> Units(string[] given)
    {
        Dictionary<string, string> units = [];
        foreach (var one in given)
        {
            // Units have no '='; headers may.
            var at = one.LastIndexOf('=');
            if (at <= 0 || at == one.Length - 1 || !units.TryAdd(one[..at], one[(at + 1)..]))
                throw new InvalidInputException("--unit", one, "COLUMN=UNIT, once for each column");
        }
        return units;
    }
}

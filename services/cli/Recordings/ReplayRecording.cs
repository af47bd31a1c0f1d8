using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using TwinModel.Assets;

namespace Cli.Recordings;

/// <summary>Replays a CSV recording to an asset over MQTT, as a device would.</summary>
static class ReplayRecording
{
    public static Command Command()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "CSV recording in the layout that the asset's model describes" };
        var asset = new Option<string>("--asset") { Description = "Id of the asset; registered if unknown", Required = true };
        var model = new Option<string?>("--model") { Description = "Model for an unknown asset (default: the model with the asset's id)" };
        var speed = new Option<double>("--speed") { Description = "How many times faster than recorded", DefaultValueFactory = _ => 1 };
        var times = new Option<string>("--times")
        {
            Description = "shift: move the times so that the last row is at the end of the replay; original: as recorded",
            DefaultValueFactory = _ => "shift",
        };
        times.AcceptOnlyFromAmong("shift", "original");
        var loop = new Option<bool>("--loop") { Description = "Repeat until interrupted" };
        var command = new Command("replay", "Replay a CSV recording to an asset over MQTT") { file, asset, model, speed, times, loop };
        command.Validators.Add(result =>
        {
            // Default values are not set yet while options are being validated.
            var (given, kind) = (
                result.GetResult(speed)?.GetValueOrDefault<double>() ?? 1, result.GetResult(times)?.GetValueOrDefault<string>() ?? "shift");
            if (given is not (> 0 and <= 1e6)) result.AddError("--speed must be above 0 and at most 1000000.");
            if (result.GetValue(loop) && (given != 1 || kind != "shift"))
                result.AddError("--loop needs --speed 1 and --times shift: otherwise the rounds would overlap in time.");
            if (result.GetValue(file) is { Exists: false } missing) result.AddError($"The file {missing.FullName} does not exist.");
        });
        command.SetAction((parsed, cancel) => Run(
            parsed.GetRequiredValue(file).FullName, parsed.GetRequiredValue(asset), parsed.GetValue(model), parsed.GetValue(speed),
            parsed.GetValue(times) == "shift", parsed.GetValue(loop), cancel));
        return command;
    }

    static async Task<int> Run(
        string file, string assetId, string? modelId, double speed, bool isShifted, bool isEndless, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var model = ReadAssetModel.FromText(await RegisterByName.Run(query, assetId, modelId ?? assetId, cancel), $"model of {assetId}");
        var (first, last, total) = Extent(file, model);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(file)}: {total} rows over {last - first:g}, {model.Id}; replay takes {(last - first) / speed:g}"));
        await using var publisher = await PublishPacks.Connect(assetId, cancel);
        do
        {
            var begin = DateTimeOffset.UtcNow;
            // The last row coincides with the end of the replay and the spacing is kept, so that no sample time is in the future.
            var shift = isShifted ? begin + (last - first) / speed - last : TimeSpan.Zero;
            await Play(file, assetId, model, publisher, first, shift, speed, total, cancel);
            if (isEndless) await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        }
        while (isEndless);
        await publisher.Drain(cancel);
        Console.WriteLine($"{publisher.Packs} rows, {publisher.Readings} readings published and acknowledged by the broker");
        Console.WriteLine($"{query.Address}api/v1/twins/{assetId}");
        return 0;
    }

    static (DateTimeOffset First, DateTimeOffset Last, int Rows) Extent(string file, AssetModel model)
    {
        var (first, last, rows) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue, 0);
        foreach (var row in ReadRecording.Rows(file, model))
        {
            rows++;
            if (row.At < first) first = row.At;
            if (row.At > last) last = row.At;
        }
        return rows > 0 ? (first, last, rows) : throw new InvalidDataException($"{file} has no rows.");
    }

    static async Task Play(
        string file, string assetId, AssetModel model, PublishPacks publisher, DateTimeOffset first, TimeSpan shift, double speed,
        int total, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var nextProgress = TimeSpan.FromSeconds(1);
        var row = 0;
        foreach (var recorded in ReadRecording.Rows(file, model))
        {
            var due = (recorded.At - first) / speed - clock.Elapsed;
            // Timers are not more precise than this; faster rows go out in bursts.
            if (due > TimeSpan.FromMilliseconds(2)) await Task.Delay(due, cancel);
            await publisher.Publish(
                assetId, [.. recorded.Values.Select(v => new SenmlRecord(v.Sensor, recorded.At + shift, v.Value))], cancel);
            row++;
            if (clock.Elapsed < nextProgress) continue;
            nextProgress = clock.Elapsed + TimeSpan.FromSeconds(Console.IsOutputRedirected ? 10 : 1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  row {row} of {total}, {100.0 * row / total:0} %"));
        }
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Cli.Recordings;

/// <summary>Replays the readings in the log of one system into another over MQTT, with the times at which they were sampled.</summary>
static class ReplayLog
{
    // A message that every broker takes.
    const int MostReadings = 500;

    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public static Command Command()
    {
        var source = new Option<string>("--source") { Description = "Address of the query service whose log is replayed", Required = true };
        var asset = new Option<string[]>("--asset") { Description = "Only this asset; may be repeated" };
        var from = new Option<string?>("--from") { Description = "Only what was recorded after this log position or time (ISO 8601)" };
        var to = new Option<string?>("--to") { Description = "Only what was recorded up to this log position or time (default: now)" };
        var speed = new Option<double>("--speed")
        {
            Description = "How many times faster than it was recorded",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command("replay-log", "Replay the readings in another system's log into this one over MQTT")
        {
            source, asset, from, to, speed,
        };
        command.Validators.Add(result =>
        {
            // Default values are not set yet while options are being validated.
            if ((result.GetResult(speed)?.GetValueOrDefault<double>() ?? 1) is not (> 0 and <= 1e9))
                result.AddError("--speed must be above 0 and at most 1000000000.");
            if (!Uri.TryCreate(result.GetResult(source)?.GetValueOrDefault<string>(), UriKind.Absolute, out var address)
                || address.Scheme is not ("http" or "https"))
                result.AddError("--source must be the address of a query service, e.g. http://127.0.0.1:5100.");
        });
        command.SetAction((parsed, cancel) => Run(
            new(parsed.GetRequiredValue(source)), parsed.GetValue(asset) ?? [], parsed.GetValue(from), parsed.GetValue(to),
            parsed.GetValue(speed), cancel));
        return command;
    }

    static async Task<int> Run(Uri address, string[] only, string? from, string? to, double speed, CancellationToken cancel)
    {
        using var source = new QueryClient(address);
        using var target = new QueryClient();
        if (source.Address == target.Address) throw new InvalidDataException($"{address} is the system to replay into.");
        var (after, upTo) = (from is null ? 0 : await Position(source, from, cancel), await Position(source, to, cancel));
        var assets = await Assets(source, only, cancel);
        foreach (var (id, model) in assets) await RegisterByName.Run(target, id, model, cancel);
        await using var publisher = await PublishPacks.Connect("log", cancel);
        var readings = await Play(source, publisher, assets, after, upTo, speed, cancel);
        await publisher.Drain(cancel);
        Console.WriteLine(
            $"{readings} readings of {assets.Count} assets, recorded after position {after} up to {upTo}, published and acknowledged by "
                + "the broker");
        // Part of a log, or a twin that had readings before, cannot be the same.
        return from is not null || await Compare(source, target, assets.Keys, upTo, cancel) ? 0 : 1;
    }

    static async Task<long> Position(QueryClient source, string? asked, CancellationToken cancel)
    {
        if (long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return position;
        var path = asked is null ? "/api/v1/log/position" : $"/api/v1/log/position?at={Uri.EscapeDataString(asked)}";
        return JsonElement.Parse((await source.Find(path, cancel))!).GetProperty("position").GetInt64();
    }

    static async Task<Dictionary<string, string>> Assets(QueryClient source, string[] only, CancellationToken cancel)
    {
        Dictionary<string, string> models = [];
        await foreach (var asset in source.List("/api/v1/assets", cancel))
        {
            if (asset.GetProperty("id").GetString()! is var id && (only.Length == 0 || only.Contains(id)))
                models[id] = asset.GetProperty("modelId").GetString()!;
        }
        return only.FirstOrDefault(id => !models.ContainsKey(id)) is { } missing
            ? throw new InvalidDataException($"{source.Address} has no asset '{missing}'.")
            : models;
    }

    static async Task<long> Play(
        QueryClient source, PublishPacks publisher, Dictionary<string, string> assets, long after, long upTo, double speed,
        CancellationToken cancel)
    {
        var stream = Uri.EscapeDataString(assets.Count == 1 ? $"telemetry/{assets.Keys.Single()}/*" : "telemetry/*");
        var (clock, readings) = (Stopwatch.StartNew(), 0L);
        DateTimeOffset? first = null;
        for (long? next = after; next is { } position;)
        {
            var page = JsonElement.Parse((await source.Find($"/api/v1/log/events?stream={stream}&after={position}&limit=1000", cancel))!);
            next = page.GetProperty("nextAfter") is { ValueKind: JsonValueKind.Number } more ? more.GetInt64() : null;
            foreach (var e in page.GetProperty("items").EnumerateArray())
            {
                if (e.GetProperty("position").GetInt64() > upTo) return readings;
                var data = e.GetProperty("data");
                if (e.GetProperty("type").GetString() != "readings_recorded" || data.GetProperty("assetId").GetString() is not { } asset
                    || !assets.ContainsKey(asset))
                    continue;
                var recordedAt = e.GetProperty("recordedAt").GetDateTimeOffset();
                first ??= recordedAt;
                var due = (recordedAt - first.Value) / speed - clock.Elapsed;
                // Timers are not more precise than this; faster events go out in bursts.
                if (due > TimeSpan.FromMilliseconds(2)) await Task.Delay(due, cancel);
                foreach (var records in Records(data).Chunk(MostReadings))
                {
                    await publisher.Publish(asset, records, cancel);
                    readings += records.Length;
                }
            }
        }
        return readings;
    }

    static IEnumerable<SenmlRecord> Records(JsonElement data)
    {
        foreach (var column in data.GetProperty("sensors").EnumerateArray())
        {
            // Readings of a sensor that the model no longer has.
            if (column.GetProperty("sensor").GetString() is not { } sensor) continue;
            var (times, values) = (column.GetProperty("sampledAt"), column.GetProperty("values"));
            var hasQualities = column.TryGetProperty("qualities", out var qualities);
            for (var i = 0; i < times.GetArrayLength(); i++)
            {
                yield return new(
                    sensor, times[i].GetDateTimeOffset(), values[i].ValueKind == JsonValueKind.Null ? null : values[i].GetDouble(),
                    hasQualities && qualities[i].GetString() is var quality && quality != "good" ? quality : null);
            }
        }
    }

    /// <summary>Whether the twins are the same, once everything has been folded in.</summary>
    static async Task<bool> Compare(
        QueryClient source, QueryClient target, IEnumerable<string> assets, long upTo, CancellationToken cancel)
    {
        var allEqual = true;
        foreach (var id in assets)
        {
            var path = $"/api/v1/twins/{Uri.EscapeDataString(id)}";
            // A device's clock may be ahead of the time of the position.
            var then = FormattableString.Invariant($"knownAt={upTo}&validAt={DateTimeOffset.UtcNow.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
            var there = State(await source.Find($"{path}?{then}", cancel));
            if (there.Readings == 0) continue;
            var here = State(await target.Find(path, cancel));
            for (var clock = Stopwatch.StartNew(); here.Readings < there.Readings && clock.Elapsed < LongestWait;)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
                here = State(await target.Find(path, cancel));
            }
            allEqual &= here == there;
            Console.WriteLine($"{id}: {there.Readings} readings");
            Console.WriteLine($"  there  {there.Hash}");
            Console.WriteLine($"  here   {here.Hash}  {(here == there ? "equal" : $"DIFFERENT, with {here.Readings} readings")}");
        }
        return allEqual;
    }

    static (long Readings, string Hash) State(string? twin)
    {
        if (twin is null) return (0, "");
        var json = JsonElement.Parse(twin);
        return (json.GetProperty("readings").GetInt64(), json.GetProperty("stateHash").GetString()!);
    }
}

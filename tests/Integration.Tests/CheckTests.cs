using Integration.Tests.Running;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>twin-state compares its live twins with the log, over and over.</summary>
[Collection<OnOneSystem>]
public class CheckTests(RunningSystem system) : SystemTest<RunningSystem>(system)
{
    const ushort MeltTemperature = 6;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_live_twin_is_what_the_log_gives_until_somebody_changes_the_log()
    {
        var (asset, at) = (Pollux.NextAsset(), Samples.Now - 60 * Micros.PerSecond);
        for (var second = 0; second < 3; second++)
            await Pollux.Store(asset, new Reading(MeltTemperature, at + second * Micros.PerSecond, 200 + second));
        var (checkedBefore, twins) = (await Checks("true"), await Pollux.TwinState.Metric("pollux_twin_state_twins"));
        // All twins of the system, and so that of the asset.
        await Eventually.Get("twins are compared", () => Checks("true"), n => n > checkedBefore + twins);
        Assert.DoesNotContain(asset, Differing());

        var stream = Streams.Telemetry(asset, Streams.DayOf(TimeProvider.System.GetUtcNow()));
        var altered = TelemetryCodec.Encode([new Reading(MeltTemperature, at, 201)]);
        var original = await Swap(stream, altered);
        await Eventually.Get("the difference is found", () => Task.FromResult(Differing()), found => found.Contains(asset));
        await Eventually.Get("the difference is counted", () => Checks("false"), n => n > 0);
        await Swap(stream, original);
    }

    async Task<double> Checks(string equal) => (await Pollux.TwinState.Http.GetStringAsync("/metrics", Cancel)).Split('\n')
        .Where(l => l.StartsWith("pollux_twin_state_checks_total{", StringComparison.Ordinal)
            && l.Contains($"equal=\"{equal}\"", StringComparison.OrdinalIgnoreCase))
        .Sum(l => double.Parse(
            l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The lines of the log in which a twin is not what the log gives.</summary>
    string Differing() => string.Concat(
        File.ReadLines(Pollux.TwinState.LogFile).Where(l => l.Contains("is not what the log gives", StringComparison.Ordinal)));

    /// <summary>Replaces the readings of the first event of a stream and returns the former ones.</summary>
    async Task<byte[]> Swap(string stream, byte[] batch)
    {
        await using var command = Pollux.Database.CreateCommand("""
            with old as (select seq_id, bdata from events.mt_events where stream_id = $1 and version = 1)
            update events.mt_events e set bdata = $2 from old where e.seq_id = old.seq_id returning old.bdata
            """);
        command.Parameters.AddRange(new Npgsql.NpgsqlParameter[] { new() { Value = stream }, new() { Value = batch } });
        return (byte[])(await command.ExecuteScalarAsync(Cancel))!;
    }
}

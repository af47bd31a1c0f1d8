using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;
using TwinModel.Twins;
using TwinState.Twins;

namespace TwinState.Checks;

/// <summary>
/// Folds what a live twin includes from the log again, a little at a time: reading and folding take a small share of one core, and no
/// connection or transaction is held in between.
/// </summary>
sealed class ReplayClaim(LogReader log, NpgsqlDataSource source, TimeProvider time)
{
    const double ShareOfCore = 0.03;

    // Some 10 ms of work with the 12 readings of a usual event.
    const int EventsAtOnce = 500;

    // A twin of up to this many readings is folded from its first one: a minute at that share.
    const long MostFromBeginning = 2_000_000;

    // From a checkpoint: a machine with 12 sensors at 100 Hz records that in two hours.
    const long MostReadings = 10_000_000;

    static readonly IReadOnlyDictionary<string, long> Nothing = new Dictionary<string, long>();

    /// <summary>
    /// The hash of the fold; null if that would be too much work: no checkpoint near enough, or late readings for which the whole history
    /// of a long-lived twin would have to be read. Also if retention has dropped what it needs.
    /// </summary>
    public async Task<string?> Hash(RegisteredAsset asset, TwinClaim claim, CancellationToken cancel)
    {
        try
        {
            return await Fold(asset, claim, cancel);
        }
        catch (DroppedReadingsException)
        {
            return null;
        }
    }

    async Task<string?> Fold(RegisteredAsset asset, TwinClaim claim, CancellationToken cancel)
    {
        var days = TelemetryDays.All(asset, time.GetUtcNow());
        // As in the twin, which may still lack the newest ones.
        var known = (await log.CorrectionsOf([asset.Id], cancel: cancel)).GetValueOrDefault(asset.Id, []);
        var corrections = new Corrections(asset.Model, known.Where(c => c.Version <= claim.Corrections));
        var isSmall = claim.Readings <= MostFromBeginning;
        var begin = isSmall ? (new(asset.Model), Nothing) : await Checkpoint(asset, claim, corrections, cancel);
        if (begin is not var (twin, versions)) return null;
        var (effects, readings, count) = (new StepEffects { WithoutHistory = true }, new List<Reading>(), 0L);
        await foreach (var batch in Read(DecideCheck.Parts(days, claim, versions), corrections, cancel))
        {
            readings.Clear();
            TelemetryCodec.Decode(batch.Batch, readings);
            twin.Step(CollectionsMarshal.AsSpan(readings), effects);
            effects.Transitions.Clear();
            if ((count += readings.Count) > MostReadings) return null;
        }
        if (effects.MustRederive.Count > 0 && !isSmall) return null;
        foreach (var sensor in effects.MustRederive)
        {
            readings.Clear();
            await foreach (var batch in Read(DecideCheck.Parts(days, claim, Nothing), corrections, cancel))
                TelemetryCodec.Decode(batch.Batch, readings, sensor);
            readings.Sort((a, b) => a.SampledAt.CompareTo(b.SampledAt));
            twin.Sensor(sensor)?.Rederive(readings, new());
        }
        return twin.Hash();
    }

    async IAsyncEnumerable<LoggedBatch> Read(
        IReadOnlyList<StreamPart> parts, Corrections corrections, [EnumeratorCancellation] CancellationToken cancel)
    {
        var left = parts.ToList();
        while (left.Count > 0)
        {
            var (began, events) = (Stopwatch.GetTimestamp(), 0);
            await foreach (var batch in log.After([.. left.Select(p => (p.Stream, p.After))], EventsAtOnce, corrections, cancel))
            {
                events++;
                // Streams come one after the other: those before this one are finished.
                while (left[0].Stream != batch.Stream) left.RemoveAt(0);
                if (batch.Version > left[0].UpTo) continue;
                left[0] = left[0] with { After = batch.Version };
                yield return batch;
            }
            if (events < EventsAtOnce) yield break;
            if (left[0].After >= left[0].UpTo) left.RemoveAt(0);
            await Task.Delay(Stopwatch.GetElapsedTime(began) * (1 / ShareOfCore - 1), time, cancel);
        }
    }

    // Not the newest: what the live twin has folded in since then is the sample.
    async Task<(Twin Twin, IReadOnlyDictionary<string, long> Versions)?> Checkpoint(
        RegisteredAsset asset, TwinClaim claim, Corrections corrections, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select state, versions from {ReadModels.TwinCheckpoint}
            where asset_id = $1 and position <= $2
                and corrections <= $3 and {StoredCheckpoints.HoldsCorrections("asset_id", "corrections", "newest_sample + 1", 4)}
            order by position desc offset 1 limit 1
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = asset.Id }, new() { Value = claim.Position }, new() { Value = corrections.Version },
            .. StoredCheckpoints.CorrectionParameters((asset.Id, corrections)),
        ]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) && Twin.Restore(asset.Model, reader.GetFieldValue<byte[]>(0)) is { } twin
            ? (twin, JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(1))!)
            : null;
    }
}

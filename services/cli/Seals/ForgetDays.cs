using System.CommandLine;
using System.Globalization;
using Contracts.Events;
using JasperFx.Events;
using Marten;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Cli.Seals;

/// <summary>
/// Retention: drops archived readings of sealed days and says so in the log. The seals stay, so the chain can be verified.
/// </summary>
static class ForgetDays
{
    public static Command Command()
    {
        var (before, isDry) = (SealOptions.Before(), SealOptions.DryRun());
        var reason = new Option<string?>("--reason") { Description = "Why; recorded in the log (default: environment POLLUX_REASON)" };
        var command = new Command(
            "forget", "Drop archived readings of sealed days for good; what needs them is refused from then on, the chain stays verifiable")
        {
            before, reason, isDry,
        };
        command.SetAction((parsed, cancel) => Run(
            SealOptions.ParseDay("--before", parsed.GetValue(before))!.Value, parsed.GetValue(reason), parsed.GetValue(isDry), cancel));
        return command;
    }

    static async Task<int> Run(DateOnly before, string? given, bool isDry, CancellationToken cancel)
    {
        var reason = HumanText.Lines(
            "--reason", given ?? Environment.GetEnvironmentVariable("POLLUX_REASON") ?? "", Caller.LongestReason)
                ?? throw new InvalidInputException("--reason", null, "why readings are dropped");
        var caller = new Caller(
            Environment.GetEnvironmentVariable("POLLUX_ACTOR") is { Length: > 0 } actor ? actor : Environment.UserName, reason);
        // Without a checkpoint, an estimate begins that much before the newest reading.
        var latest = Streams.DayOf(TimeProvider.System.GetUtcNow() - TimeSpan.FromMicroseconds(StoredCheckpoints.Reach));
        if (before > latest)
            throw new InvalidInputException(
                "--before", CanonicalBytes.Shown(before), $"a day up to {CanonicalBytes.Shown(latest)}, as estimates reach back a day");
        await using var source = SealOptions.Database();
        await using var only = await ArchiveLock.Take(source, cancel);
        using var store = DocumentStore.For(options =>
        {
            options.Connection(source);
            EventLog.Configure(options, isDevelopment: false);
        });
        var dropped = 0;
        foreach (var (seal, _, _) in SealOptions.AllBefore(await new SealedLog(source, TimeProvider.System).Seals(cancel), before))
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (await Drop(connection, seal, cancel) is not { } what) continue;
            dropped++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{CanonicalBytes.Shown(seal.Day)} {(isDry ? "would be dropped" : "dropped")}: {what.Events} events of {what.Streams} "
                    + $"streams, {what.Readings} readings"));
            if (isDry) continue;
            await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
            session.Events.Append(Streams.Retention(seal.Day), session.Events.BuildEvent(what).By(caller));
            await session.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        if (dropped == 0) Console.WriteLine($"No archived readings before {CanonicalBytes.Shown(before)} are left to drop.");
        return 0;
    }

    /// <summary>Drops what is archived of a day; null if nothing is.</summary>
    static async Task<ReadingsDropped?> Drop(NpgsqlConnection connection, LogSealed seal, CancellationToken cancel)
    {
        await using var drop = new NpgsqlCommand($"""
            with dropped as (
                update {Archive.Table} set block = null where day = $1 and block is not null
                returning stream_id, last_version - first_version + 1 as events, readings)
            select count(distinct stream_id), coalesce(sum(events), 0)::bigint, coalesce(sum(readings), 0)::bigint from dropped
            """, connection);
        drop.Parameters.Add(new() { Value = seal.Day });
        await using var reader = await drop.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetInt64(0) == 0 ? null : new(seal.Day, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }
}

using System.Globalization;
using Marten;
using Npgsql;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace ServiceDefaults.Seals;

/// <summary>Readings that are asked for were dropped by retention: no answer is given that would be made without them.</summary>
public sealed class DroppedReadingsException(string stream, long firstVersion, long lastVersion) : Exception(
    string.Create(CultureInfo.InvariantCulture,
        $"This needs readings that retention has dropped: versions {firstVersion} to {lastVersion} of {stream}. ./pollux verify says by "
            + $"whom and when; ./pollux restore-days puts them back from an export."));

/// <summary>A block of the archive cannot be read.</summary>
public sealed class DamagedArchiveException(string stream, long firstVersion, long lastVersion, string how) : Exception(
    string.Create(CultureInfo.InvariantCulture,
        $"The archived versions {firstVersion} to {lastVersion} of {stream} in {Archive.Table} are damaged: {how}. Restore this table from "
            + $"a backup, or the day from an export with ./pollux restore-days."));

/// <summary>
/// The cold tier: readings of sealed days in blocks (<see cref="ArchiveBlock"/>), one row for each <c>day_closed</c> of a stream of
/// telemetry, instead of their rows in the event table. It is a table of the log's own schema: a day moves there in one transaction, a
/// backup of the log has it, and each service reads it without another mount. Its disk is the table space's.
/// </summary>
public static class Archive
{
    /// <summary>The table.</summary>
    public const string Table = $"{EventLog.Schema}.archived_readings";

    /// <summary>Tells Marten about the table.</summary>
    internal static void Register(StoreOptions options)
    {
        var table = new Table(new PostgresqlObjectName(EventLog.Schema, "archived_readings", SchemaUtils.IdentifierUsage.General));
        table.AddColumn<string>("stream_id").AsPrimaryKey();
        table.AddColumn("first_version", "bigint").AsPrimaryKey();
        table.AddColumn("last_version", "bigint").NotNull();
        table.AddColumn("first_position", "bigint").NotNull();
        table.AddColumn("last_position", "bigint").NotNull();
        table.AddColumn("first_recorded_at", "timestamp with time zone").NotNull();
        table.AddColumn("last_recorded_at", "timestamp with time zone").NotNull();
        table.AddColumn("day", "date").NotNull();
        table.AddColumn("readings", "bigint").NotNull();
        // Who asked for events in it, for imports; nobody asks for what a device sends.
        table.AddColumn("actors", "text[]").NotNull();
        // Null: dropped by retention.
        table.AddColumn("block", "bytea");
        table.Indexes.Add(new IndexDefinition("archived_readings_by_position") { Columns = ["last_position", "first_position"] });
        table.Indexes.Add(new IndexDefinition("archived_readings_by_day") { Columns = ["day"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>Unpacks a block.</summary>
    /// <param name="stream">Its stream.</param>
    /// <param name="firstVersion">Its first version.</param>
    /// <param name="lastVersion">Its last version.</param>
    /// <param name="block">The block; null when it was dropped.</param>
    /// <exception cref="DroppedReadingsException">It was dropped.</exception>
    /// <exception cref="DamagedArchiveException">It is damaged.</exception>
    public static LoggedEvent[] Unpack(string stream, long firstVersion, long lastVersion, byte[]? block) =>
        Guard(stream, firstVersion, lastVersion, block, b =>
        {
            var events = ArchiveBlock.Unpack(b);
            return (events[0].Stream, events[0].Version, events[^1].Version) == (stream, firstVersion, lastVersion)
                ? events : throw new InvalidDataException("they are those of another place");
        });

    /// <summary>The positions in a block with their times; see <see cref="Unpack"/>.</summary>
    public static (long[] Positions, long[] RecordedAt) Times(string stream, long firstVersion, long lastVersion, byte[]? block) =>
        Guard(stream, firstVersion, lastVersion, block, b => ArchiveBlock.Times(b));

    /// <summary>Whether readings of a sealed day were dropped by retention.</summary>
    public static async Task<bool> HasDropped(NpgsqlDataSource source, DateOnly day, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select exists (select from {Table} where day = $1 and block is null)");
        command.Parameters.Add(new() { Value = day });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    static T Guard<T>(string stream, long firstVersion, long lastVersion, byte[]? block, Func<byte[], T> read)
    {
        if (block is null) throw new DroppedReadingsException(stream, firstVersion, lastVersion);
        try
        {
            return read(block);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IndexOutOfRangeException or ArgumentException
            or InvalidOperationException or EndOfStreamException)
        {
            throw new DamagedArchiveException(stream, firstVersion, lastVersion, e.Message);
        }
    }
}

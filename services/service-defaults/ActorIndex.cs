using System.Data.Common;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;

namespace ServiceDefaults;

/// <summary>
/// Index on the events that say who asked for them, by name and position: partial, since nearly all events are readings, which nobody asked
/// for. Creating it for a log that exists takes one scan of the table, during which appends wait. Marten would drop an index that it does
/// not know, so it is told to leave this one alone.
/// </summary>
sealed class ActorIndex : ISchemaObject
{
    const string Name = "mt_events_by_actor";

    /// <summary>Has the index created with the log's tables.</summary>
    public static void Register(Marten.StoreOptions options)
    {
        options.Events.IgnoreIndex(Name);
        options.Storage.Add(new Feature(options));
    }

    // Features are created one after the other, those of the application last, so that the table is there.
    sealed class Feature(Marten.StoreOptions options) : FeatureSchemaBase(Name, options.Advanced.Migrator)
    {
        protected override IEnumerable<ISchemaObject> schemaObjects() => [new ActorIndex()];
    }

    public DbObjectName Identifier { get; } = new PostgresqlObjectName(EventLog.Schema, Name, SchemaUtils.IdentifierUsage.General);

    public void WriteCreateStatement(Migrator migrator, TextWriter writer) => writer.WriteLine(
        $"create index if not exists {Name} on {EventLog.Schema}.mt_events "
            + $"(({CallerMetadata.ActorInSql}), seq_id) where ({CallerMetadata.ActorInSql}) is not null;");

    public void WriteDropStatement(Migrator rules, TextWriter writer) =>
        writer.WriteLine($"drop index if exists {EventLog.Schema}.{Name};");

    public void ConfigureQueryCommand(Weasel.Core.DbCommandBuilder builder) =>
        builder.Append($"select count(*) from pg_indexes where schemaname = '{EventLog.Schema}' and indexname = '{Name}';");

    public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default)
    {
        var isThere = await reader.ReadAsync(ct) && await reader.GetFieldValueAsync<long>(0, ct) > 0;
        return new SchemaObjectDelta(this, isThere ? SchemaPatchDifference.None : SchemaPatchDifference.Create);
    }

    public IEnumerable<DbObjectName> AllNames() => [Identifier];
}

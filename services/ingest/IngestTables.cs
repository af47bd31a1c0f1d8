using Marten;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Ingest;

/// <summary>Schema <c>ingest</c>. Losing it costs one rebirth request per Sparkplug node.</summary>
static class IngestTables
{
    public static void Register(StoreOptions options)
    {
        var birth = new Table(new PostgresqlObjectName("ingest", "birth", SchemaUtils.IdentifierUsage.General));
        birth.AddColumn<string>("topic").AsPrimaryKey();
        birth.AddColumn("payload", "bytea").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(birth);
    }
}

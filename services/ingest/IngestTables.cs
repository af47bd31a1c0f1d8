using Marten;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Ingest;

/// <summary>Schema <c>ingest</c>. If it is lost, each Sparkplug node receives one rebirth request.</summary>
static class IngestTables
{
    public static void Register(StoreOptions options)
    {
        var birth = new Table(new PostgresqlObjectName("ingest", "birth", SchemaUtils.IdentifierUsage.General));
        birth.AddColumn<string>("topic").AsPrimaryKey();
        birth.AddColumn("payload", "bytea").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(birth);
        options.Storage.ExtendedSchemaObjects.Add(Recording.TenantUse.Table());
    }
}

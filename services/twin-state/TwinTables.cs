using Marten;
using ServiceDefaults;
using Weasel.Core;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace TwinState;

/// <summary>The read models in schema <c>twin_state</c>; <see cref="ReadModels"/> describes the columns.</summary>
static class TwinTables
{
    static PostgresqlObjectName Name(string table) => new("twin_state", table, Weasel.Postgresql.SchemaUtils.IdentifierUsage.General);

    public static void Register(StoreOptions options)
    {
        var twin = new Table(Name("twin"));
        twin.AddColumn<string>("asset_id").AsPrimaryKey();
        twin.AddColumn("position", "bigint").NotNull();
        twin.AddColumn("revision", "bigint").NotNull();
        twin.AddColumn("versions", "jsonb").NotNull();
        twin.AddColumn("state", "bytea").NotNull();
        twin.AddColumn("view", "jsonb").NotNull();
        twin.AddColumn("offline_since", "timestamp with time zone");
        twin.AddColumn("health", "bytea");
        twin.AddColumn("corrections", "bigint").NotNull().DefaultValue(0);
        twin.AddColumn("rederive", "integer[]");
        twin.AddColumn("since_checkpoint", "bigint[]");

        var past = new Table(Name("twin_checkpoint"));
        past.AddColumn<string>("asset_id").AsPrimaryKey();
        past.AddColumn("position", "bigint").AsPrimaryKey();
        past.AddColumn("newest_sample", "bigint").NotNull();
        past.AddColumn("versions", "jsonb").NotNull();
        past.AddColumn("state", "bytea").NotNull();
        past.AddColumn("corrections", "bigint").NotNull().DefaultValue(0);
        past.AddColumn("since_position", "bigint").NotNull().DefaultValue(0);
        past.AddColumn("oldest_since", "bigint").NotNull().DefaultValue(0);
        past.Indexes.Add(new IndexDefinition("twin_checkpoint_by_sample") { Columns = ["asset_id", "newest_sample"] });

        var health = new Table(Name("health"));
        health.AddColumn<string>("asset_id").AsPrimaryKey();
        health.AddColumn<string>("component").AsPrimaryKey();
        health.AddColumn("view", "jsonb").NotNull();

        var alarm = new Table(Name("alarm"));
        alarm.AddColumn<string>("alarm_id").AsPrimaryKey();
        alarm.AddColumn("asset_id", "text").NotNull();
        alarm.AddColumn("severity", "text").NotNull();
        alarm.AddColumn("state", "text").NotNull();
        alarm.AddColumn("raised_at", "timestamp with time zone").NotNull();
        alarm.AddColumn("view", "jsonb").NotNull();
        alarm.Indexes.Add(new IndexDefinition("alarm_by_asset") { Columns = ["asset_id", "raised_at"] });
        alarm.Indexes.Add(new IndexDefinition("alarm_by_time") { Columns = ["raised_at"] });
        // Looked at all the time, and short whatever the history.
        alarm.Indexes.Add(new IndexDefinition("alarm_open")
        {
            Columns = ["asset_id"],
            Predicate = "state in ('active', 'active-acknowledged', 'cleared')",
        });

        var rollup = new Table(Name("rollup"));
        rollup.AddColumn<string>("asset_id").AsPrimaryKey();
        rollup.AddColumn("level", "smallint").AsPrimaryKey();
        rollup.AddColumn("block_start", "bigint").AsPrimaryKey();
        rollup.AddColumn("data", "bytea").NotNull();

        var estimate = new Table(Name("estimate"));
        estimate.AddColumn<string>("asset_id").AsPrimaryKey();
        estimate.AddColumn("view", "jsonb").NotNull();

        var checkpoint = new Table(Name("estimate_checkpoint"));
        checkpoint.AddColumn<string>("asset_id").AsPrimaryKey();
        checkpoint.AddColumn("tick", "bigint").AsPrimaryKey();
        checkpoint.AddColumn("position", "bigint").NotNull();
        checkpoint.AddColumn("model", "text").NotNull();
        checkpoint.AddColumn("versions", "jsonb").NotNull();
        checkpoint.AddColumn("state", "bytea").NotNull();

        var estimated = new Table(Name("estimate_history"));
        estimated.AddColumn<string>("asset_id").AsPrimaryKey();
        estimated.AddColumn("at", "timestamp with time zone").AsPrimaryKey();
        estimated.AddColumn("model", "text").NotNull();
        estimated.AddColumn("means", "real[]").NotNull();
        estimated.AddColumn("deviations", "real[]").NotNull();

        var hour = new Table(Name("estimate_hour"));
        hour.AddColumn<string>("asset_id").AsPrimaryKey();
        hour.AddColumn("start", "timestamp with time zone").AsPrimaryKey();
        hour.AddColumn<string>("model").AsPrimaryKey();
        hour.AddColumn("ticks", "int[]").NotNull();
        foreach (var column in new[] { "means", "variances", "minima", "maxima" }) hour.AddColumn(column, "real[]").NotNull();

        foreach (var table in new[] { twin, past, health, alarm, rollup, estimate, checkpoint, estimated, hour })
            options.Storage.ExtendedSchemaObjects.Add(table);
    }
}

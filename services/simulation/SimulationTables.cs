using Marten;
using ServiceDefaults;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Simulation;

/// <summary>The tables of schema <c>simulation</c>; <see cref="ReadModels"/> describes the columns.</summary>
static class SimulationTables
{
    static PostgresqlObjectName Name(string table) => new("simulation", table, SchemaUtils.IdentifierUsage.General);

    public static void Register(StoreOptions options)
    {
        var scenario = new Table(Name("scenario"));
        scenario.AddColumn<string>("scenario_id").AsPrimaryKey();
        scenario.AddColumn("asset_id", "text").NotNull();
        scenario.AddColumn("state", "text").NotNull();
        scenario.AddColumn("requested_at", "timestamp with time zone").NotNull();
        scenario.AddColumn("deadline", "timestamp with time zone").NotNull();
        scenario.AddColumn("inputs", "bytea");
        scenario.AddColumn("view", "jsonb").NotNull();
        scenario.Indexes.Add(new IndexDefinition("scenario_by_asset") { Columns = ["asset_id", "requested_at"] });
        scenario.Indexes.Add(new IndexDefinition("scenario_by_time") { Columns = ["requested_at"] });
        scenario.Indexes.Add(
            new IndexDefinition("scenario_by_deadline") { Columns = ["deadline"], Predicate = "state in ('requested', 'running')" });

        var shard = new Table(Name("shard"));
        shard.AddColumn<string>("scenario_id").AsPrimaryKey();
        shard.AddColumn("shard", "integer").AsPrimaryKey();
        shard.AddColumn("progress", "double precision").NotNull();
        shard.AddColumn("data", "bytea");

        var result = new Table(Name("result"));
        result.AddColumn<string>("content_hash").AsPrimaryKey();
        result.AddColumn("data", "bytea").NotNull();
        result.AddColumn("created_at", "timestamp with time zone").NotNull();
        result.Indexes.Add(new IndexDefinition("result_by_time") { Columns = ["created_at"] });

        Table[] tables = [scenario, shard, result, Decisions.DecisionQueue.Table(), .. Calibrations.CalibrationQueue.Tables()];
        foreach (var table in tables) options.Storage.ExtendedSchemaObjects.Add(table);
    }
}

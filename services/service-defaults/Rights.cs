using System.Text;
using Npgsql;

namespace ServiceDefaults;

/// <summary>
/// What each service's role in PostgreSQL may do; whoever runs <c>db-apply</c> owns everything and may do everything. Nobody else changes
/// or deletes an event, makes or drops a table, or writes the tables of another service.
/// </summary>
public static class Rights
{
    // Appending changes the stream's version; its other columns only Marten's functions that archive it, which no service calls.
    const string Append = "grant insert on events.mt_events, events.mt_streams to {0}; "
        + "grant update (version, timestamp) on events.mt_streams to {0}; grant usage on sequence events.mt_events_sequence to {0}";

    // Also the sequence: the safe position is its last value.
    const string ReadLog = "grant usage on schema events to {0}; grant select on all tables in schema events to {0}; "
        + "grant select on sequence events.mt_events_sequence to {0}";

    const string Read = "grant usage on schema {1} to {0}; grant select on all tables in schema {1} to {0}";
    const string Write = "grant usage on schema {1} to {0}; grant select, insert, update, delete on all tables in schema {1} to {0}";
    const string ReadStates = "grant usage on schema twin_state to {0}; "
        + "grant select on twin_state.health, twin_state.estimate_checkpoint to {0}";

    /// <summary>The schemas, each made by the service of that name, and that of the log.</summary>
    static readonly string[] Schemas = [EventLog.Schema, "ingest", "twin_state", "simulation"];

    static readonly (string Role, string Schema, string Statements)[] Granted =
    [
        ("ingest", EventLog.Schema, $"{ReadLog}; {Append}"),
        ("ingest", "ingest", Write),
        ("twin_state", EventLog.Schema, $"{ReadLog}; {Append}"),
        ("twin_state", "twin_state", Write),
        ("simulation", EventLog.Schema, $"{ReadLog}; {Append}"),
        ("simulation", "simulation", Write),
        ("simulation", "twin_state", ReadStates),
        ("query", EventLog.Schema, ReadLog),
        ("query", "ingest", Read),
        ("query", "twin_state", Read),
        ("query", "simulation", Read),
    ];

    /// <summary>The roles, named as the services' schemas.</summary>
    public static IEnumerable<string> Roles => Granted.Select(g => g.Role).Distinct();

    /// <summary>
    /// Gives the roles that exist their rights and takes others away. Roles are made by whoever runs the server; where there are none, the
    /// services use the owner's account.
    /// </summary>
    /// <param name="owner">The owner's connection string.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task Grant(string owner, CancellationToken cancel = default)
    {
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var roles = await Existing(connection, "select rolname::text from pg_roles where rolname = any($1)", [.. Roles], cancel);
        var schemas = await Existing(connection, "select nspname::text from pg_namespace where nspname = any($1)", Schemas, cancel);
        var sql = new StringBuilder();
        foreach (var schema in schemas)
            foreach (var role in roles)
                sql.Append($"revoke all on all tables in schema {schema} from {role}; ")
                    .Append($"revoke all on all sequences in schema {schema} from {role}; ");
        foreach (var (role, schema, statements) in Granted.Where(g => roles.Contains(g.Role) && schemas.Contains(g.Schema)))
            sql.AppendFormat(null, statements, role, schema).Append("; ");
        if (sql.Length == 0) return;
        await using (var grant = new NpgsqlCommand(sql.ToString(), connection)) await grant.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    static async Task<HashSet<string>> Existing(NpgsqlConnection connection, string sql, string[] names, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = names } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        HashSet<string> existing = [];
        while (await reader.ReadAsync(cancel)) existing.Add(reader.GetString(0));
        return existing;
    }
}

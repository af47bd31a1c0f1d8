using Npgsql;

namespace Integration.Tests.Running;

/// <summary>Makes PostgreSQL refuse events of some streams until it is disposed.</summary>
sealed class AppendFault : IAsyncDisposable
{
    readonly NpgsqlDataSource database;
    bool isOver;

    AppendFault(NpgsqlDataSource database) => this.database = database;

    /// <param name="database">The system's database.</param>
    /// <param name="streams">A <c>like</c> pattern of stream ids.</param>
    /// <param name="sqlState">The error code that the server answers.</param>
    public static async Task<AppendFault> On(NpgsqlDataSource database, string streams, string sqlState)
    {
        await Run(database, $"""
            create function events.refuse() returns trigger language plpgsql as $$
            begin
                if new.stream_id like '{streams}' then raise exception 'refused by a test' using errcode = '{sqlState}'; end if;
                return new;
            end $$;
            create trigger refuse before insert on events.mt_events for each row execute function events.refuse();
            """);
        return new(database);
    }

    public async ValueTask DisposeAsync()
    {
        if (isOver) return;
        isOver = true;
        await Run(database, "drop trigger refuse on events.mt_events; drop function events.refuse();");
    }

    static async Task Run(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

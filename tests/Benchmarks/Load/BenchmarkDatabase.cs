using Marten;
using Npgsql;

namespace Benchmarks.Load;

/// <summary>A database with an empty log, dropped at the end.</summary>
sealed class BenchmarkDatabase : IAsyncDisposable
{
    readonly Settings settings;
    readonly string name;

    BenchmarkDatabase(Settings settings, string name)
    {
        (this.settings, this.name) = (settings, name);
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            Database = name,
            CommandTimeout = 600,
        });
        Store = DocumentStore.For(options =>
        {
            options.Connection(Source);
            ServiceDefaults.EventLog.Configure(options, isDevelopment: true);
        });
    }

    public NpgsqlDataSource Source { get; }

    public DocumentStore Store { get; }

    public static async Task<BenchmarkDatabase> Create(Settings settings, string purpose, CancellationToken cancel)
    {
        var name = $"{purpose}_{Guid.NewGuid():N}";
        await Execute(settings, $"create database {name}", cancel);
        var database = new BenchmarkDatabase(settings, name);
        await database.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        return database;
    }

    static async Task Execute(Settings settings, string sql, CancellationToken cancel)
    {
        await using var admin = NpgsqlDataSource.Create(settings.Postgres);
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Store.Dispose();
        await Source.DisposeAsync();
        await Execute(settings, $"drop database {name} with (force)", CancellationToken.None);
    }
}

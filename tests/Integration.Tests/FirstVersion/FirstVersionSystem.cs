using Integration.Tests.Running;
using Npgsql;

namespace Integration.Tests.FirstVersion;

/// <summary>
/// All services on the log of the first version (a57f000 of 2026-11-23, the oldest one that could store readings and answer): schema
/// <c>events</c> as that version made it, and 21 events of every kind that it knew.
/// </summary>
public class FirstVersionSystem(Infrastructure infrastructure) : RunningSystem(infrastructure)
{
    /// <summary>The asset that only that version registered.</summary>
    public const string Asset = "line-1";

    /// <summary>Log position of its last event.</summary>
    public long End { get; private set; }

    protected override int RegisteredAssets => 0;

    protected override async Task Prepare()
    {
        var log = await File.ReadAllTextAsync(
            Path.Combine(Infrastructure.Repository, "tests", "Integration.Tests", "FirstVersion", "log.sql"));
        await using (var load = new NpgsqlCommand($"drop schema events cascade; {log}; reset all"))
        {
            await using var connection = await Database.OpenConnectionAsync();
            load.Connection = connection;
            await load.ExecuteNonQueryAsync();
        }
        await using var last = Database.CreateCommand("select max(seq_id) from events.mt_events");
        End = (long)(await last.ExecuteScalarAsync())!;
        // As before every start of a new version.
        foreach (var project in new[] { "TwinState", "Ingest", "Simulation" })
            await Infrastructure.Run("dotnet", [ServiceProcess.Assembly(project), "db-apply"], new Dictionary<string, string>
            {
                ["ConnectionStrings__Postgres"] = Servers.Postgres(Name),
                ["ConnectionStrings__RabbitMq"] = Servers.RabbitMq,
                ["ConnectionStrings__Mqtt"] = Servers.Mqtt.OriginalString,
                ["Assets__Directory"] = Infrastructure.ShippedAssets,
                ["DOTNET_ENVIRONMENT"] = "Production",
            });
    }
}

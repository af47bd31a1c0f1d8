using System.Security.Cryptography;
using Cluster;
using Contracts.Events;
using Contracts.Messages;
using Ingest.Seals;
using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;

namespace Integration.Tests.Running;

/// <summary>A log of its own that is sealed in this process, with a clock that can be set, so that days end when a test wants it.</summary>
sealed class SealingLog : IAsyncDisposable
{
    readonly Infrastructure infrastructure;
    readonly string database = $"seals_{Guid.NewGuid():N}";
    readonly IHost host;

    SealingLog(Infrastructure infrastructure, DateOnly today)
    {
        this.infrastructure = infrastructure;
        Today = today;
        Source = NpgsqlDataSource.Create(infrastructure.Postgres(database));
        Folder = Directory.CreateTempSubdirectory("pollux-seals-").FullName;
        KeyFile = NewKey("key");
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            DisableDefaults = true,
            EnvironmentName = "Production",
        });
        builder.Configuration["ConnectionStrings:Postgres"] = ConnectionString;
        builder.AddEventLog();
        builder.Services.AddLogging();
        host = builder.Build();
    }

    public string ConnectionString => infrastructure.Postgres(database);

    public NpgsqlDataSource Source { get; }

    public ShiftedClock Clock { get; } = new();

    public DateOnly Today { get; private set; }

    /// <summary>For keys and exports.</summary>
    public string Folder { get; }

    public string KeyFile { get; set; }

    public SealedLog Sealed => new(Source, Clock);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SealingLog> Create(Infrastructure infrastructure, DateOnly today)
    {
        var log = new SealingLog(infrastructure, today);
        await infrastructure.CreateDatabase(log.database);
        return log;
    }

    public string NewKey(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(Folder, $"{name}.pem");
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        return file;
    }

    /// <summary>Appends events in one transaction.</summary>
    public async Task Append(params (string Stream, object Event)[] events)
    {
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        foreach (var stream in events.GroupBy(e => e.Stream))
        {
            session.Events.Append(stream.Key, stream.Select(e =>
            {
                var built = session.Events.BuildEvent(e.Event);
                if (e.Event is ReadingsRecorded) built.SetHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
                return (object)built;
            }));
        }
        await session.SaveChangesAsync(Cancel);
    }

    public static (string, object) Readings(string stream, int number) =>
        (stream, new ReadingsRecorded([1, 2, 3, (byte)number, (byte)(number >> 8)]));

    public static (string, object) Alarm(string stream, int number) =>
        (stream, new AlarmCleared($"line.hot.{number}", number, DateTimeOffset.UnixEpoch));

    /// <summary>A sealer, as of a replica.</summary>
    public SealLog Sealer(WriteFence? fence = null) => new(
        host.Services.GetRequiredService<IDocumentStore>(), Source, new LogReader(Source), fence ?? ((_, _) => Task.CompletedTask),
        SealKey.Read("Ingest:SealKeyFile", KeyFile), Clock, NullLogger<SealLog>.Instance);

    /// <summary>A service on this log, not started.</summary>
    public ServiceProcess Service(string name, string project) => new(name, project, new Dictionary<string, string>(
        infrastructure.ConnectionsOf(name, database))
    {
        ["Ports__Http"] = Port(),
        ["Ports__Grpc"] = Port(),
        ["Cluster__Port"] = Port(),
        ["Assets__Directory"] = Infrastructure.ShippedAssets,
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Ingest__ClientId"] = database,
        ["Ingest__SharedGroup"] = database,
        ["Ingest__SealKeyFile"] = KeyFile,
    }, Path.Combine(Infrastructure.Logs, $"{database}.{name}.log"));

    static string Port() => ServiceProcess.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Lets the day pass.</summary>
    public void Midnight()
    {
        Today = Today.AddDays(1);
        Clock.Set(new(Today.ToDateTime(new TimeOnly(0, 0, 1)), TimeSpan.Zero));
    }

    public async Task<LogSealed> MidnightAndSeal()
    {
        Midnight();
        return (await Sealer().Run(Cancel))!;
    }

    public async Task<List<VerifiedDay>> Verify(string? asset = null, DateOnly? from = null, DateOnly? to = null, string? keys = null)
    {
        List<VerifiedDay> days = [];
        var verifying = new VerifySeals(Sealed, SealKeys.Read("keys", keys ?? Folder));
        await foreach (var day in verifying.Days(from, to, asset, Cancel)) days.Add(day);
        return days;
    }

    public async Task Sql(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async Task<T> Ask<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>Runs a command of the client on this log.</summary>
    public async Task<(string Output, int Code)> Pollux(params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", [ServiceProcess.Assembly("Cli"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["ConnectionStrings__Postgres"], start.Environment["Seals__Keys"]) = (ConnectionString, Folder);
        start.Environment["POLLUX_ACTOR"] = "Grace";
        using var process = System.Diagnostics.Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (await output + await errors, process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        await Source.DisposeAsync();
        await infrastructure.DropDatabase(database);
        Directory.Delete(Folder, recursive: true);
    }
}

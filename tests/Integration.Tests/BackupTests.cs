using System.Text.RegularExpressions;
using Integration.Tests.Running;
using TwinModel.Telemetry;
using Xunit.Sdk;

namespace Integration.Tests;

/// <summary>A log that was backed up can be restored, and gives the same twins.</summary>
[Collection<OnOneSystem>]
public sealed partial class BackupTests : SystemTest<RunningSystem>
{
    readonly ITestOutputHelper output;
    readonly string folder = Directory.CreateTempSubdirectory("pollux-backup-").FullName;

    public BackupTests(RunningSystem system, ITestOutputHelper output)
        : base(system) => this.output = output;

    [Fact]
    public async Task A_drill_restores_the_log_while_machines_go_on_and_finds_the_same_twins()
    {
        var (resting, speaking) = (Pollux.NextAsset(), Pollux.NextAsset());
        await Pollux.Store(resting, Samples.Frame(Pollux.Model, Samples.Now - Micros.PerSecond, 1));
        await Pollux.Store(speaking, Samples.Frame(Pollux.Model, Samples.Now - Micros.PerSecond, 2));
        using var end = new CancellationTokenSource();
        var load = Speak(speaking, end.Token);
        var said = await Run("drill");
        await end.CancelAsync();
        Assert.True(await load > 0);
        if (LacksPrograms(said)) return;
        // All that was said, which the comparison would cut.
        Assert.True(TwinsAreEqual().IsMatch(said), said);
        Assert.Equal(
            ["note", "backup", "servers", "restore", "verify", "services", "rebuild", "OK"],
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]));
    }

    [Fact]
    public async Task A_backup_is_restored_into_an_empty_system_and_replaces_events_only_if_told()
    {
        var file = Path.Combine(folder, "log.dump");
        var said = await Run("backup", file);
        if (LacksPrograms(said)) return;
        Assert.Contains("exists; a backup overwrites none", await Run("backup", file));
        var elsewhere = new Dictionary<string, string>
        {
            ["POLLUX_HOME"] = Path.Combine(folder, "home"),
            ["POLLUX_PORT_OFFSET"] = $"{ServiceProcess.FreePort() - 15_432}",
        };
        Assert.Contains("The log is restored", await Run("restore", elsewhere, file));
        Assert.Matches(HoldsEvents(), await Run("restore", elsewhere, file));
        Assert.Contains("The log is restored", await Run("restore", elsewhere, file, "--replace"));
        await File.WriteAllTextAsync(file, "damaged", TestContext.Current.CancellationToken);
        Assert.Contains("is not a backup of a log", await Run("restore", elsewhere, file, "--replace"));
        await Run("down", elsewhere, "--data");
        Directory.Delete(folder, recursive: true);
    }

    // The embedded distribution of PostgreSQL comes without them; the command has to say so.
    static bool LacksPrograms(string said) => said.Contains("no pg_dump, pg_restore and psql found", StringComparison.Ordinal);

    async Task<int> Speak(string asset, CancellationToken end)
    {
        await using var device = await Device.Connect(Pollux.Servers.Mqtt);
        for (var number = 0; ; number++)
        {
            if (end.IsCancellationRequested) return number;
            await device.Publish(
                Samples.SenmlTopic(asset), Samples.Senml(Pollux.Model, Samples.Frame(Pollux.Model, Samples.Now, number)));
            await Task.Delay(50, CancellationToken.None);
        }
    }

    Task<string> Run(string verb, params string[] arguments) => Run(verb, new Dictionary<string, string>(), arguments);

    /// <summary>What the command says, whether it fails or not.</summary>
    async Task<string> Run(string verb, Dictionary<string, string> environment, params string[] arguments)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__Postgres"] = Pollux.Servers.Postgres(Pollux.Name),
            ["Services__Query"] = Pollux.Query.Http.BaseAddress!.OriginalString,
            ["POLLUX_NO_BUILD"] = "1",
        };
        foreach (var (key, value) in environment) settings[key] = value;
        string said;
        try
        {
            said = await Pollux.Servers.Command(settings, [verb, .. arguments]);
        }
        catch (XunitException e)
        {
            said = e.Message;
        }
        output.WriteLine(said);
        return said;
    }

    [GeneratedRegex(@"^rebuild +\d+ twins of \d+ readings, equal to the live ones +\(", RegexOptions.Multiline)]
    private static partial Regex TwinsAreEqual();

    [GeneratedRegex(@"the log here holds \d+ events; 'restore .* --replace' deletes them")]
    private static partial Regex HoldsEvents();
}

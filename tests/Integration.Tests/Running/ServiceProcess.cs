using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit.Sdk;

namespace Integration.Tests.Running;

/// <summary>One service in its own process, as in production.</summary>
public sealed class ServiceProcess(
    string name, string project, IReadOnlyDictionary<string, string> settings, string logFile) : IAsyncDisposable
{
    readonly HttpClient http = new()
    {
        BaseAddress = new Uri($"http://127.0.0.1:{settings["Ports__Http"]}"),
        Timeout = TimeSpan.FromSeconds(Eventually.PatienceSeconds),
    };
    Process? process;

    public string Name => name;

    public string LogFile => logFile;

    public HttpClient Http => http;

    public int GrpcPort => int.Parse(settings["Ports__Grpc"], CultureInfo.InvariantCulture);

    /// <summary>Resident memory.</summary>
    public long MemoryBytes
    {
        get
        {
            process!.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>The service's assembly, built together with these tests.</summary>
    public static string Assembly(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var artifacts = configuration.Parent!.Parent!.Parent!.FullName;
        var assembly = Path.Combine(artifacts, "bin", project, configuration.Name, $"{project}.dll");
        return File.Exists(assembly) ? assembly : throw new XunitException($"{project} is not built.");
    }

    // Below the range of ephemeral ports, so that no outgoing connection takes the port before the service listens.
    const int FirstPort = 20_000;
    const int Ports = 12_000;
    static int nextPort = Environment.ProcessId * 97 % Ports;

    // Other test processes run at the same time, and a service that is being started again does not listen on its port for a while.
    static readonly ConcurrentBag<FileStream> Claims = [];

    /// <summary>A port on which nothing listens; never given out twice, nor by another test process while this one runs.</summary>
    public static int FreePort()
    {
        var claims = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "pollux-test-ports")).FullName;
        while (true)
        {
            var port = FirstPort + Interlocked.Increment(ref nextPort) % Ports;
            try
            {
                var claim = new FileStream(Path.Combine(claims, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                Claims.Add(claim);
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Taken.
            }
        }
    }

    public async Task Start()
    {
        Launch();
        await UntilReady();
    }

    public void Launch()
    {
        // exec replaces the shell, so the process is the service, and its output goes to the file without a reader.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >>\"$1\" 2>&1", Assembly(project), logFile])
        {
            WorkingDirectory = Infrastructure.Repository,
        };
        foreach (var (key, value) in settings) start.Environment[key] = value;
        // Most of them end before better code for a method would pay (10 s; the number is hexadecimal), but physics would take ten times
        // as long.
        if (project is not ("Simulation" or "TwinState")) start.Environment["DOTNET_TC_CallCountingDelayMs"] = "2710";
        process = Process.Start(start) ?? throw new XunitException($"{name} does not start.");
    }

    /// <summary>Runs the health check of a container; 0 means ready.</summary>
    public async Task<int> AskHealth()
    {
        var start = new ProcessStartInfo("dotnet", [Assembly(project), "health"])
        {
            WorkingDirectory = Infrastructure.Repository,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in settings) start.Environment[key] = value;
        using var asked = Process.Start(start)!;
        await asked.StandardOutput.ReadToEndAsync();
        await asked.WaitForExitAsync();
        return asked.ExitCode;
    }

    public Task UntilReady() => Eventually.Get(
        $"{name} is ready",
        async () =>
        {
            if (process!.HasExited)
                throw new XunitException(
                    $"{name} ended with {process.ExitCode}:\n{string.Join('\n', File.ReadLines(logFile).TakeLast(20))}");
            using var answer = await http.GetAsync("/health/ready");
            return (answer.StatusCode, Text: await answer.Content.ReadAsStringAsync());
        },
        answer => answer.StatusCode == HttpStatusCode.OK);

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Stops it gracefully, as a rollout does, and waits until it has finished its work.</summary>
    public async Task Stop()
    {
        await Infrastructure.Run("/bin/sh", ["-c", $"kill -TERM {process!.Id}"]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Eventually.PatienceSeconds));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"{name} did not end within {Eventually.PatienceSeconds} s of being asked to.");
        }
        Assert.Equal(0, process.ExitCode);
        process.Dispose();
        process = null;
    }

    /// <summary>Waits until the process ends on its own, and returns its exit code.</summary>
    public async Task<int> Ended()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Eventually.PatienceSeconds));
        await process!.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Keeps it from running, as a machine that hangs does.</summary>
    public Task Freeze() => Infrastructure.Run("/bin/sh", ["-c", $"kill -STOP {process!.Id}"]);

    /// <summary>Lets it run again.</summary>
    public Task Thaw() => Infrastructure.Run("/bin/sh", ["-c", $"kill -CONT {process!.Id}"]);

    /// <summary>The sum over all series of a metric; 0 if there are none.</summary>
    public async Task<double> Metric(string metric)
    {
        var sum = 0.0;
        foreach (var line in (await http.GetStringAsync("/metrics")).Split('\n'))
        {
            if (!line.StartsWith(metric, StringComparison.Ordinal) || line.Length == metric.Length
                || line[metric.Length] is not ('{' or ' ')) continue;
            var value = line[(line.IndexOf('}', StringComparison.Ordinal) is >= 0 and var end ? end + 2 : metric.Length + 1)..]
                .Split(' ')[0];
            sum += double.Parse(value, CultureInfo.InvariantCulture);
        }
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        http.Dispose();
    }
}

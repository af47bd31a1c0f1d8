using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Cli.Lifetimes;

/// <summary>The true state of a plant's bearing.</summary>
/// <param name="At">Device time.</param>
/// <param name="VibrationMillimetresPerSecond">At nominal speed and load, without noise.</param>
sealed record BearingTruth(DateTimeOffset At, double VibrationMillimetresPerSecond);

/// <summary>How a life is emulated.</summary>
/// <param name="DaysBack">How many days ago it starts.</param>
/// <param name="Factor">Seconds of life per second.</param>
/// <param name="SampleSeconds">Seconds of life between two frames.</param>
/// <param name="Seed">Seed of the noise.</param>
sealed record LifePace(double DaysBack, double Factor, double SampleSeconds, int Seed);

/// <summary>A separate emulated plant, in time-lapse.</summary>
sealed class PlantProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    readonly Process process;
    readonly HttpClient http;

    PlantProcess(Process process, int port) =>
        (this.process, http) = (process, new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) });

    /// <summary>Starts the plant and waits until its gateway is connected.</summary>
    /// <param name="assembly">Path of the plant's assembly.</param>
    /// <param name="assetId">Id of a registered asset.</param>
    /// <param name="pace">How its life is emulated.</param>
    /// <param name="cancel">Stops waiting.</param>
    public static async Task<PlantProcess> Start(string assembly, string assetId, LifePace pace, CancellationToken cancel)
    {
        var port = FreePort();
        // The output is discarded so that no pipe fills up; exec replaces the shell with the plant.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >/dev/null 2>&1", assembly]);
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Ports__Http"] = port.ToString(CultureInfo.InvariantCulture),
            ["Plant__Asset"] = assetId,
            ["Plant__TimeLapseDays"] = pace.DaysBack.ToString(CultureInfo.InvariantCulture),
            ["Plant__SimulatedTimeFactor"] = pace.Factor.ToString(CultureInfo.InvariantCulture),
            ["Plant__TimeLapseSampleSeconds"] = pace.SampleSeconds.ToString(CultureInfo.InvariantCulture),
            ["Plant__PublishIntervalSeconds"] = "0.1",
            ["Plant__Seed"] = pace.Seed.ToString(CultureInfo.InvariantCulture),
        }) start.Environment[key] = value;
        var plant = new PlantProcess(Process.Start(start) ?? throw new InvalidDataException("The plant could not be started."), port);
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (!await plant.IsReady(cancel))
        {
            if (plant.process.HasExited || DateTimeOffset.UtcNow > deadline)
            {
                await plant.DisposeAsync();
                throw new InvalidDataException("The plant did not become ready; is the broker in ConnectionStrings__Mqtt running?");
            }
            await Task.Delay(100, cancel);
        }
        return plant;
    }

    /// <summary>From now on, makes the bearing wear 40 000^severity times as fast.</summary>
    public async Task Wear(double severity, CancellationToken cancel) =>
        (await http.PutAsJsonAsync(new Uri("/faults/bearing-wear", UriKind.Relative), new { severity }, cancel)).EnsureSuccessStatusCode()
            .Dispose();

    /// <summary>Lets the device clock go on to this time at most.</summary>
    public async Task WaitAt(DateTimeOffset until, CancellationToken cancel) =>
        (await http.PutAsJsonAsync(new Uri("/time-lapse", UriKind.Relative), new { until }, cancel)).EnsureSuccessStatusCode().Dispose();

    /// <summary>The true state behind the sensors.</summary>
    public async Task<BearingTruth> Truth(CancellationToken cancel)
    {
        var status = await http.GetFromJsonAsync<JsonElement>(new Uri("/status", UriKind.Relative), cancel);
        return new(status.GetProperty("deviceTime").GetDateTimeOffset(),
            status.GetProperty("trueState").GetProperty("bearingReferenceVibrationMillimetresPerSecond").GetDouble());
    }

    async Task<bool> IsReady(CancellationToken cancel)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        http.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Benchmarks.Load;

/// <summary>Another query beside that of the system, which asks who is calling, and the issuer it believes.</summary>
sealed class GuardedQuery : IAsyncDisposable
{
    readonly string accounts = Directory.CreateTempSubdirectory("pollux-accounts").FullName;
    readonly List<Process> processes = [];

    public string Token { get; private set; } = "";

    public string HttpAddress { get; private set; } = "";

    public string GrpcAddress { get; private set; } = "";

    public static async Task<GuardedQuery> Start(Settings settings, CancellationToken cancel)
    {
        var guarded = new GuardedQuery();
        var offset = int.Parse(Environment.GetEnvironmentVariable("POLLUX_PORT_OFFSET") ?? "0", CultureInfo.InvariantCulture);
        // Where 'up --replicas 2' has the second query; the benchmark starts one.
        var (issuer, http, grpc) = ($"http://127.0.0.1:{5106 + offset}", 5120 + offset, 5130 + offset);
        (guarded.HttpAddress, guarded.GrpcAddress) = ($"http://127.0.0.1:{http}", $"http://127.0.0.1:{grpc}");
        using (var make = Run(settings, "Identity", ["make-accounts", guarded.accounts, "http://127.0.0.1:5105"]))
            await make.WaitForExitAsync(cancel);
        guarded.processes.Add(Run(
            settings, "Identity", [], ("Ports__Http", $"{5106 + offset}"), ("Identity__Issuer", issuer),
            ("Identity__Directory", guarded.accounts)));
        guarded.processes.Add(Run(
            settings, "Query", [], ("Ports__Http", $"{http}"), ("Ports__Grpc", $"{grpc}"), ("Access__Issuer", issuer)));
        await Ready(issuer, cancel);
        await Ready(guarded.HttpAddress, cancel);
        var secret = (await File.ReadAllLinesAsync(Path.Combine(guarded.accounts, "passwords"), cancel))
            .Single(l => l.StartsWith("viewer ", StringComparison.Ordinal)).Split(' ')[1];
        using var client = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "viewer",
            ["client_secret"] = secret,
        });
        using var answer = await client.PostAsync($"{issuer}/token", form, cancel);
        guarded.Token = (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(cancel))!["access_token"]!;
        return guarded;
    }

    static Process Run(Settings settings, string assembly, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(settings.Repository, "artifacts", "bin", assembly, "release", $"{assembly}.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        // Somebody has to read it, or the process stops when it is full.
        process.BeginOutputReadLine();
        return process;
    }

    static async Task Ready(string address, CancellationToken cancel)
    {
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync($"{address}/health/ready", cancel);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
            }
            await Task.Delay(100, cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        Directory.Delete(accounts, recursive: true);
    }
}

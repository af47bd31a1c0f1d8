using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fuzz.Decoders;

namespace Fuzz.Requests;

/// <summary>The services that <c>./pollux</c> runs, and their memory.</summary>
sealed class RunningParts
{
    const int MostMegabytes = 1000, MostGrowthMegabytes = 400;

    readonly Dictionary<string, (string Url, int Pid)> all;
    Dictionary<string, double> before = [];

    RunningParts(Dictionary<string, (string, int)> all) => this.all = all;

    public static async Task<RunningParts> Find() => new(JsonNode.Parse(await Ask("status", "--json"))!.AsArray()
        .Where(p => (string)p!["kind"]! == "service" && p["pid"]?.GetValueKind() == JsonValueKind.Number)
        .ToDictionary(p => (string)p!["name"]!, p => ((string)p!["url"]!, (int)p["pid"]!)));

    /// <summary>Runs a verb of <c>./pollux</c>.</summary>
    /// <returns>What it prints.</returns>
    public static async Task<string> Ask(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Corpus.Repository, "pollux"), arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    public string Url(string name) => all[name].Url;

    /// <summary>What is allocated for the first requests of each kind stays.</summary>
    public void NoteMemory() => before = all.ToDictionary(p => p.Key, p => Megabytes(p.Key, "VmRSS:"));

    /// <summary>Whether all are ready, still the same processes, and have not grown too much.</summary>
    public async Task<bool> AreWell()
    {
        var isGood = true;
        foreach (var (name, (url, _)) in all)
        {
            using var client = new HttpClient { BaseAddress = new(url) };
            using var ready = await client.GetAsync("/health/ready");
            var (earlier, now, peak) = (before.GetValueOrDefault(name), Megabytes(name, "VmRSS:"), Megabytes(name, "VmHWM:"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name,-12} {ready.StatusCode}, {earlier:N0} to {now:N0} MB, at most {peak:N0} MB"));
            isGood &= ready.StatusCode == HttpStatusCode.OK && peak is > 0 and < MostMegabytes
                && (earlier == 0 || now - earlier < MostGrowthMegabytes);
        }
        return isGood;
    }

    // Resident, of the process that was there at the beginning; 0 if it is gone.
    double Megabytes(string name, string what) => File.Exists($"/proc/{all[name].Pid}/status")
        ? double.Parse(
            File.ReadLines($"/proc/{all[name].Pid}/status").First(l => l.StartsWith(what, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024
        : 0;
}

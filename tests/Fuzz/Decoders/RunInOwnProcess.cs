using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace Fuzz.Decoders;

/// <summary>
/// Runs one decoder in a process of its own: a stack that overflows, an endless loop and memory without end stop only that, and which
/// payload it was is known afterwards.
/// </summary>
static class RunInOwnProcess
{
    const int Died = 3;
    static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    /// <returns>True if there was no fault.</returns>
    public static async Task<bool> Start(string decoder, FuzzSettings settings)
    {
        var place = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(place, new byte[sizeof(long)]);
            var start = new ProcessStartInfo(Environment.ProcessPath!, [.. OfProgram(), "one", decoder, place, .. settings.Arguments]);
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            if (process.ExitCode is 0 or 1) return process.ExitCode == 0;
            var number = BitConverter.ToInt64(await File.ReadAllBytesAsync(place));
            Console.WriteLine($"{decoder}: ended with {process.ExitCode} at number {number} of seed {settings.Seed}");
            Program.Print(FuzzDecoders.All[decoder]().Payload(settings.Seed, number));
            return false;
        }
        finally
        {
            File.Delete(place);
        }
    }

    static IEnumerable<string> OfProgram() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(RunInOwnProcess).Assembly.Location] : [];

    /// <summary>The run itself; returns the exit code.</summary>
    public static int Run(string name, string place, FuzzSettings settings)
    {
        using var file = MemoryMappedFile.CreateFromFile(place);
        using var current = file.CreateViewAccessor(0, sizeof(long));
        var (number, since) = (-1L, Stopwatch.GetTimestamp());
        using var watch = new Timer(_ =>
        {
            if (Stopwatch.GetElapsedTime(Interlocked.Read(ref since)) < LongestAnswer) return;
            Console.WriteLine($"{name}: no answer for {LongestAnswer.TotalSeconds} s to number {Interlocked.Read(ref number)}");
            Environment.Exit(Died);
        }, null, LongestAnswer, TimeSpan.FromSeconds(1));
        var decoder = FuzzDecoders.All[name]();
        var began = Stopwatch.GetTimestamp();
        var run = FuzzDecoders.Run(decoder, settings.Seed, settings.Count, settings.Time, next =>
        {
            current.Write(0, next);
            Interlocked.Exchange(ref number, next);
            Interlocked.Exchange(ref since, Stopwatch.GetTimestamp());
        });
        foreach (var fault in run.Faults)
        {
            Console.WriteLine($"{name}: number {fault.Number} of seed {settings.Seed}: {fault.What}");
            Program.Print(fault.Payload);
        }
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-12} {run.Payloads,9:N0} payloads in {seconds,5:N0} s ({run.Payloads / seconds,7:N0}/s), longest answer "
                + $"{run.Longest.TotalMilliseconds,4:N0} ms, most allocated {run.MostAllocated / 1048576.0,5:N1} MB, "
                + $"peak memory {Peak(),4:N0} MB, "
                + $"{run.Faults.Count} faults"));
        return run.Faults.Count == 0 ? 0 : 1;
    }

    static double Peak() => double.Parse(
        File.ReadLines("/proc/self/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Benchmarks.Load;

/// <summary>Times of a reference program (best of its runs, ms) and the barrel's error at 600 s against Radau at 1e-10, K.</summary>
sealed record ReferenceFigures((double Milliseconds, double Error)[] Points, double ThreeWeeks);

/// <summary>
/// Independent implementations of the extrusion line: C with CVODE and KLU, Python with SciPy. Compiled and run in a temporary
/// directory.
/// </summary>
static partial class ReferencePrograms
{
    const int Runs = 3;

    // Directory with unpacked Debian packages; empty if they are installed in the system.
    static readonly string Root = Environment.GetEnvironmentVariable("POLLUX_REFERENCE_ROOT") ?? "";

    static string Libraries =>
        string.Join(':',
            Directory.Exists($"{Root}/usr/lib") && Root.Length > 0 ? Directory.EnumerateDirectories($"{Root}/usr/lib", "*-linux-gnu") : []);

    public static async Task<ReferenceFigures?> Cvode(string repository, int cells, CancellationToken cancel)
    {
        var source = Path.Combine(repository, "../shared/reference/cvode");
        if (!File.Exists($"{source}/ext.c")) return null;
        using var folder = new TemporaryFolder();
        var program = Path.Combine(folder.Path, "ext");
        string[] paths = Libraries.Length == 0 ? ["-I/usr/include/suitesparse"] :
            [$"-I{Root}/usr/include", $"-I{Root}/usr/include/suitesparse", .. Libraries.Split(':').Select(l => $"-L{l}"),
                "-Wl,--unresolved-symbols=ignore-in-shared-libs"];
        string[] libraries = ["-lsundials_cvode", "-lsundials_nvecserial", "-lsundials_sunmatrixsparse", "-lsundials_sunlinsolklu", "-lm"];
        if (await Run("gcc", ["-O3", "-march=native", "-w", $"{source}/ext.c", "-o", program, .. paths, .. libraries], cancel) is null)
            return null;
        List<string> outputs = [];
        for (var i = 0; i < Runs; i++)
        {
            if (await Run(program, [$"{source}/n{cells}.txt"], cancel) is not { } output) return null;
            outputs.Add(output);
        }
        Console.WriteLine(outputs[0].TrimEnd());
        double Best(Regex pattern, int match, int group = 1) =>
            outputs.Min(o => double.Parse(pattern.Matches(o)[match].Groups[group].Value, CultureInfo.InvariantCulture));
        return new([.. Enumerable.Range(0, 4).Select(i => (Best(StepTime(), i), Best(StepError(), i)))], Best(WeeksTime(), 0) * 1e3);
    }

    /// <summary>Barrel temperatures 600 s after the step, by SciPy's Radau at 1e-10; null if the file is absent.</summary>
    public static double[]? Barrel600(string repository, int cells)
    {
        var file = Path.Combine(repository, $"../shared/reference/cvode/n{cells}.txt");
        if (!File.Exists(file)) return null;
        var states = File.ReadLines(file).ElementAt(5).Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
        return [.. Enumerable.Range(0, cells).Select(i => states[3 * i])];
    }

    public static async Task<ReferenceFigures?> SciPy(string repository, int cells, double[] tolerances, CancellationToken cancel)
    {
        var reference = Path.GetFullPath(Path.Combine(repository, "../shared/reference"));
        if (!File.Exists($"{reference}/extruder_ref.py")) return null;
        var script = $$"""
            import sys, time; sys.dont_write_bytecode = True; sys.path.insert(0, {{'"'}}{{reference}}{{'"'}})
            from extruder_ref import *
            m = Extruder(N={{cells}}); y, _ = m.steady(m.yhot(), 80.0); S = m.sparsity(); r = 91.832332
            ref = np.array(open({{'"'}}{{reference}}/cvode/n{{cells}}.txt{{'"'}}).read().split('\n')[5].split(), float)
            for rt in ({{string.Join(", ", tolerances.Select(t => t.ToString("R", CultureInfo.InvariantCulture)))}}):
                best = 1e9
                for _ in range({{Runs}}):
                    t = time.perf_counter(); s = solve_ivp(lambda t, y: m.rhs(t, y, r), (0, 7200), y, method='BDF', rtol=rt, atol=m.atol(rt/1e-6), jac_sparsity=S, t_eval=[600, 7200]); best = min(best, time.perf_counter() - t)
                print(best*1e3, np.max(np.abs(s.y[0:3*{{cells}}:3, 0] - ref[0:3*{{cells}}:3])))
            best = 1e9; z = y
            t = time.perf_counter()
            for i in range(63):
                q = 72 + 20*((i*0.618033988749895) % 1); z = solve_ivp(lambda t, y: m.rhs(t, y, q), (0, 28800), z, method='BDF', rtol=1e-4, atol=m.atol(100), jac_sparsity=S).y[:, -1]
            print((time.perf_counter() - t)*1e3, 0)
            t = time.perf_counter(); m.steady(m.yhot(), 80.0); print('# steady', (time.perf_counter() - t)*1e3, 'ms')
            print('# SciPy', scipy.__version__, 'NumPy', np.__version__)
            """;
        if (await Run("/usr/bin/python3", ["-c", script], cancel) is not { } output) return null;
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Where(l => l[0] == '#')) Console.WriteLine(line[2..]);
        var figures = lines.Where(l => l[0] != '#')
            .Select(l => l.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        return new([.. figures[..tolerances.Length].Select(f => (f[0], f[1]))], figures[tolerances.Length][0]);
    }

    /// <summary>Output of a program; null if it fails, with the reason on the console.</summary>
    public static async Task<string?> Run(string program, string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Libraries.Length > 0)
        {
            start.Environment["LD_LIBRARY_PATH"] = Libraries;
            start.Environment["PYTHONPATH"] = $"{Root}/usr/lib/python3/dist-packages";
        }
        // One thread, like our solver.
        start.Environment["OMP_NUM_THREADS"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync(cancel);
            var output = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode == 0) return output;
            Console.WriteLine($"{program} failed: {(await error).Trim().Split('\n')[^1]}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Console.WriteLine($"{program} cannot be started: {e.Message}");
        }
        return null;
    }

    [GeneratedRegex(@"2 h step rtol=\S+: ([0-9.]+) ms")]
    private static partial Regex StepTime();

    [GeneratedRegex(@"\(600 s\)=([0-9.e+-]+) K")]
    private static partial Regex StepError();

    [GeneratedRegex(@"63 shifts\) rtol=\S+: ([0-9.]+) s")]
    private static partial Regex WeeksTime();

    sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("pollux-reference-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

using System.Diagnostics;
using System.Reflection;
using Xunit.Sdk;

namespace Deploy.Tests;

/// <summary>
/// Programs for what no library can read. <c>./pollux test</c> fetches them; without them these tests fail rather than pass silently.
/// </summary>
static class Tool
{
    public static string Repository { get; } = typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "Repository").Value!;

    public static string In(params string[] path) => Path.Combine([Repository, .. path]);

    /// <summary>Runs a tool, from the variable POLLUX_NAME or the path, and returns its exit code and output.</summary>
    public static (int Code, string Output) Run(string name, params string[] arguments)
    {
        var program = Environment.GetEnvironmentVariable($"POLLUX_{name.ToUpperInvariant()}") is { Length: > 0 } given ? given : name;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository,
        };
        try
        {
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(TimeSpan.FromMinutes(2))) process.Kill();
            return (process.ExitCode, output.Result + errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new XunitException(
                $"{name} is not there. ./pollux test Deploy fetches it; or set POLLUX_{name.ToUpperInvariant()} to its path.");
        }
    }

    public static void Passes(string name, params string[] arguments)
    {
        var (code, output) = Run(name, arguments);
        Assert.True(code == 0, $"{name} {string.Join(' ', arguments)} ended with {code}:\n{output}");
    }
}

using System.Globalization;

namespace Benchmarks;

/// <summary>Addresses of the servers, location of the repository, and extent of the measurements.</summary>
/// <param name="Postgres">Connection string.</param>
/// <param name="Mqtt">Connection string.</param>
/// <param name="Repository">The folder with <c>pollux</c>.</param>
/// <param name="Scale">Multiplies the amounts of data; 1 takes a few minutes.</param>
/// <param name="MemorySeconds">How long the services' memory is observed.</param>
/// <param name="MemoryAssets">Number of assets for the memory benchmark.</param>
sealed record Settings(string Postgres, string Mqtt, string Repository, double Scale, int MemorySeconds, int MemoryAssets)
{
    public static Settings FromEnvironment(IEnumerable<string> args)
    {
        var options = args.Select(a => a.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0].TrimStart('-'), p => p[1]);
        return new(
            Required("ConnectionStrings__Postgres"), Required("ConnectionStrings__Mqtt"), FindRepository(),
            double.Parse(options.GetValueOrDefault("scale", "1"), CultureInfo.InvariantCulture),
            int.Parse(options.GetValueOrDefault("memory-seconds", "90"), CultureInfo.InvariantCulture),
            int.Parse(options.GetValueOrDefault("memory-assets", "1000"), CultureInfo.InvariantCulture));
    }

    static string Required(string name) =>
        Environment.GetEnvironmentVariable(name)
            ?? throw new InvalidOperationException($"{name} is not set; run benchmarks with './pollux bench'.");

    /// <summary>The folder with <c>pollux</c>.</summary>
    public static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Pollux.slnx"))) directory = directory.Parent!;
        return directory.FullName;
    }
}

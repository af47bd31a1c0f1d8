using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;

namespace Dashboard.WhatIf;

/// <summary>Something the API refuses: path, value and what is allowed.</summary>
public sealed record Problem(string Path, string Value, string Allowed);

/// <summary>The API's errors about a question, by field.</summary>
public sealed partial class Problems(IReadOnlyList<Problem> all)
{
    // Trailer in which query lists all errors of a scenario.
    const string Trailer = "errors-bin";

    public static Problems None { get; } = new([]);

    public IReadOnlyList<Problem> All => all;

    /// <summary>Null if the exception does not name fields.</summary>
    public static Problems? Of(RpcException exception) =>
        exception.Trailers.GetValueBytes(Trailer) is { } bytes
            && JsonSerializer.Deserialize<List<Problem>>(bytes, JsonSerializerOptions.Web) is { Count: > 0 } found ? new(found) : null;

    /// <summary>What is allowed for a field; null if it is valid.</summary>
    public string? At(string path) => all.FirstOrDefault(p => p.Path == path)?.Allowed;

    /// <summary>Allowed seconds as minutes, for fields in minutes.</summary>
    public string? MinutesAt(string path) => Scaled(At(path), v => v / 60, "min");

    /// <summary>Allowed seconds as hours.</summary>
    public string? HoursAt(string path) => Scaled(At(path), v => v / 3600, "h");

    /// <summary>Allowed factors as percentages of change.</summary>
    public string? PercentAt(string path) => Scaled(At(path), v => (v - 1) * 100, "%");

    /// <summary>Problems that no field of the page shows.</summary>
    public IEnumerable<Problem> Besides(Func<string, bool> isShown) => all.Where(p => !isShown(p.Path));

    static string? Scaled(string? allowed, Func<double, double> convert, string unit)
    {
        return allowed is not null && RangePattern().Match(allowed) is { Success: true } range
        ? $"{Converted(range.Groups[1].Value)} to {Converted(range.Groups[2].Value)} {unit}"
        : allowed;

        string Converted(string number) =>
            convert(double.Parse(number, CultureInfo.InvariantCulture)).ToString("0.####", CultureInfo.InvariantCulture).Replace('-', '−');
    }

    [GeneratedRegex(@"^(-?[0-9.E+-]+) to (-?[0-9.E+-]+)\z")]
    private static partial Regex RangePattern();
}

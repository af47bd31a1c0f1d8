using System.Globalization;

namespace Fuzz;

/// <summary>How much to fuzz.</summary>
/// <param name="Count">Payloads of each decoder, or requests.</param>
/// <param name="Seed">Decides what they are.</param>
/// <param name="Time">The most that each decoder, or all requests, may take.</param>
/// <param name="Number">Only this payload; null: all.</param>
sealed record FuzzSettings(long Count, ulong Seed, TimeSpan Time, long? Number = null)
{
    public const string Usage = "--count N, --seed S, --seconds T, --number N (only that payload)";

    public static FuzzSettings Of(IReadOnlyList<string> arguments, long count)
    {
        var settings = new FuzzSettings(count, 1, TimeSpan.FromHours(2));
        if (arguments.Count % 2 != 0) throw new ArgumentException($"'{arguments[^1]}' has no value; allowed: {Usage}.");
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                throw new ArgumentException($"{arguments[i]} is '{arguments[i + 1]}'; allowed: a whole number.");
            settings = arguments[i] switch
            {
                "--count" => settings with { Count = value },
                "--seed" => settings with { Seed = (ulong)value },
                "--seconds" => settings with { Time = TimeSpan.FromSeconds(value) },
                "--number" => settings with { Number = value },
                _ => throw new ArgumentException($"'{arguments[i]}' is unknown; allowed: {Usage}."),
            };
        }
        return settings;
    }

    public IEnumerable<string> Arguments => ["--count", Text(Count), "--seed", $"{Seed}", "--seconds", Text((long)Time.TotalSeconds)];

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

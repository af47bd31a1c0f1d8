using System.Globalization;

namespace Fuzz.Requests;

/// <summary>Counts answers, and keeps the first fault of each kind.</summary>
sealed class Tally
{
    public const int MostFaults = 40;
    const int LongestKind = 100;

    readonly Lock gate = new();
    readonly SortedDictionary<(string Part, string Status), long> statuses = [];
    readonly Dictionary<string, (int Count, string First)> faults = [];
    readonly List<double> milliseconds = [];
    (double Milliseconds, string Request) slowest = (0, "");

    public int Faults
    {
        get
        {
            lock (gate) return faults.Count;
        }
    }

    /// <returns>How many there are now.</returns>
    public int Add(string part, long number, GeneratedRequest request, Answer answer, TimeSpan took)
    {
        lock (gate)
        {
            milliseconds.Add(took.TotalMilliseconds);
            if (took.TotalMilliseconds > slowest.Milliseconds)
                slowest = (took.TotalMilliseconds, $"number {number}: {answer.Status} {request.Method} {Part(request.Target)}");
            statuses[(part, answer.Status)] = statuses.GetValueOrDefault((part, answer.Status)) + 1;
            if (answer.Wrong is { } wrong)
            {
                var kind = $"{wrong} {request.Method} {request.Target.Split('?')[0]}";
                if (kind.Length > LongestKind) kind = kind[..LongestKind];
                faults[kind] = faults.TryGetValue(kind, out var known)
                    ? known with { Count = known.Count + 1 }
                    : (1, $"number {number}: {wrong} {request}");
            }
            return milliseconds.Count;
        }
    }

    public void Print(TimeSpan took)
    {
        foreach (var (count, first) in faults.Values) Console.WriteLine($"{count} x {first}");
        foreach (var part in statuses.GroupBy(s => s.Key.Part))
            Console.WriteLine($"{part.Key,-12} {string.Join(", ", part.Select(s => $"{s.Key.Status}: {Text(s.Value)}"))}");
        milliseconds.Sort();
        if (milliseconds.Count == 0) return;
        Console.WriteLine($"slowest: {slowest.Request}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{milliseconds.Count:N0} requests in {took.TotalSeconds:N0} s ({milliseconds.Count / took.TotalSeconds:N0}/s), p99 "
                + $"{milliseconds[(int)(milliseconds.Count * 0.99)]:N0} ms, longest "
                + $"{milliseconds[^1]:N0} ms, {faults.Count} kinds of faults"));
    }

    static string Part(string target) => target.Length > 300 ? $"{target[..300]}…" : target;

    static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.RegularExpressions;
using MathNet.Numerics.Statistics;
using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Units;

namespace Cli.NewAssets;

/// <summary>A sensor as the data suggest it.</summary>
/// <param name="Header">Column of the file.</param>
/// <param name="Id">Sensor id.</param>
/// <param name="Unit">Unit of the column.</param>
/// <param name="Physical">Values outside cannot be.</param>
/// <param name="Plausible">Values outside are doubtful.</param>
/// <param name="Noise">Standard deviation of what changes from reading to reading.</param>
/// <param name="Remark">What to check; null: nothing.</param>
sealed record ProposedSensor(
    string Header, string Id, Unit Unit, (double Low, double High) Physical, (double Low, double High) Plausible, double Noise,
    string? Remark);

/// <summary>A model as the data suggest it.</summary>
/// <param name="Separator">Of the file.</param>
/// <param name="Decimal">Mark of decimals.</param>
/// <param name="Missing">Cells that stand for no value.</param>
/// <param name="TimeHeader">Column of times.</param>
/// <param name="Time">Their format.</param>
/// <param name="Interval">Between two readings, s.</param>
/// <param name="Sensors">In the order of the file.</param>
/// <param name="Ignored">Columns that are no sensors, and why.</param>
sealed record ProposedModel(
    char Separator, char Decimal, IReadOnlyList<string> Missing, string TimeHeader, TimeColumn Time, double Interval,
    IReadOnlyList<ProposedSensor> Sensors, IReadOnlyList<(string Header, string Why)> Ignored);

/// <summary>Proposes a model from the beginning of a file: what is measured, in which unit, how often, within which ranges. Pure.</summary>
static partial class ProposeModel
{
    static readonly string[] Marks = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "-", "--", "?", "None", "Bad"];

    // Columns that say what somebody knew afterwards.
    static readonly string[] Labels = ["anomaly", "changepoint", "label", "class", "fault", "target", "outlier"];

    // Of names without a unit.
    static readonly (string Word, string Unit)[] Guesses =
    [
        ("temp", "degC"), ("thermo", "degC"), ("pressure", "bar"), ("druck", "bar"), ("current", "A"), ("strom", "A"), ("voltage", "V"),
        ("spannung", "V"), ("flow", "l/min"), ("accel", "g"), ("vibration", "mm/s"), ("power", "W"), ("leistung", "W"), ("speed", "1/min"),
        ("rpm", "1/min"), ("torque", "Nm"), ("frequency", "Hz"), ("force", "N"), ("position", "%"), ("duty", "%"), ("level", "%"),
        ("humidity", "%"),
    ];

    // After the last underscore of a name.
    static readonly (string Suffix, string Unit)[] Suffixes =
    [
        ("C", "degC"), ("degC", "degC"), ("celsius", "degC"), ("K", "K"), ("kelvin", "K"), ("F", "degF"), ("pct", "%"), ("percent", "%"),
        ("bar", "bar"), ("mbar", "mbar"), ("Pa", "Pa"), ("kPa", "kPa"), ("pascal", "Pa"), ("psi", "psi"), ("A", "A"), ("mA", "mA"),
        ("V", "V"), ("W", "W"), ("kW", "kW"), ("rpm", "1/min"), ("Hz", "Hz"), ("mm", "mm"), ("Nm", "Nm"), ("N", "N"), ("kg_h", "kg/h"),
        ("l_min", "l/min"), ("m3_h", "m3/h"), ("mm_s", "mm/s"), ("m_s2", "m/s2"),
    ];

    static readonly string[] NeverNegative =
        ["current", "ratio", "volume-flow", "mass-flow", "rotational-speed", "acceleration", "vibration-velocity", "frequency"];

    /// <param name="table">The file.</param>
    /// <param name="time">Header of the column of times; null: find it.</param>
    /// <param name="units">Units by header.</param>
    /// <param name="ignore">Headers of columns that are no sensors.</param>
    /// <exception cref="InvalidInputException">Names the column and what to do.</exception>
    public static ProposedModel Of(
        Table table, string? time, IReadOnlyDictionary<string, string> units, IReadOnlyCollection<string> ignore)
    {
        foreach (var (option, headers) in new[] { ("--unit", units.Keys), ("--ignore", ignore.AsEnumerable()) })
        {
            if (headers.FirstOrDefault(h => !table.Headers.Contains(h)) is { } unknown)
                throw new InvalidInputException(option, unknown, string.Join(", ", table.Headers));
        }
        var times = FindTime.Of(table, time);
        var isComma = table.Separator != ',' && HasCommas(table, times.Column);
        List<ProposedSensor> sensors = [];
        List<(string, string)> ignored = [];
        HashSet<string> missing = [];
        for (var c = 0; c < table.Headers.Count; c++)
        {
            var header = table.Headers[c];
            if (c == times.Column) continue;
            var cells = table.Column(c).ToArray();
            if (ignore.Contains(header)) ignored.Add((header, "as asked"));
            else if (Labels.Any(l => header.Contains(l, StringComparison.OrdinalIgnoreCase)))
                ignored.Add((header, "says what was known later"));
            else if (Values(cells, isComma) is not { } values) ignored.Add((header, "is no number in most rows"));
            else
            {
                missing.UnionWith(cells.Where(cell => cell.Length > 0 && Marks.Contains(cell)));
                sensors.Add(Sensor(header, values, units.GetValueOrDefault(header)));
            }
        }
        if (sensors.Count == 0)
            throw new InvalidInputException("--from", string.Join(", ", table.Headers), "a file with a column of numbers beside the times");
        if (sensors.GroupBy(s => s.Id).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new InvalidInputException("--from", string.Join("' and '", same.Select(s => s.Header)),
                $"columns of different sensors; both would be '{same.Key}': leave one out with --ignore, or rename it");
        return new(
            table.Separator, isComma ? ',' : '.', [.. missing.Order(StringComparer.Ordinal)], table.Headers[times.Column], times,
            Interval(times.Seconds), sensors, ignored);
    }

    static bool HasCommas(Table table, int time) => table.Rows.Take(100).SelectMany(r => r.Where((_, c) => c != time))
        .Any(cell => CommaNumber().IsMatch(cell));

    // Null for a column of which more than a tenth is neither a number nor a mark of none.
    static double[]? Values(string[] cells, bool isComma)
    {
        List<double> values = [];
        var others = 0;
        foreach (var cell in cells)
        {
            if (double.TryParse(isComma ? cell.Replace(',', '.') : cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value))
                values.Add(value);
            else if (!Marks.Contains(cell)) others++;
        }
        return values.Count == 0 || others > cells.Length / 10 ? null : [.. values];
    }

    static ProposedSensor Sensor(string header, double[] values, string? given)
    {
        var (name, unit, remark) = UnitOf(header, given);
        var (low, high) = (values.Min(), values.Max());
        var span = Math.Max(high - low, Math.Max(0.1 * Math.Max(Math.Abs(low), Math.Abs(high)), 1e-6));
        var floor = low >= 0 && NeverNegative.Contains(unit.Quantity) ? 0
            : unit.Quantity == "temperature" ? Unit.Find("K")!.ConvertTo(unit, 0) : double.NegativeInfinity;
        double Down(double value) => Math.Max(floor, Rounded(value, Math.Floor, span));
        double Up(double value) => Rounded(value, Math.Ceiling, span);
        // A share has an end.
        var isShare = unit.Symbol == "%" && low >= 0 && high <= 100;
        return new(header, IdOf(name, header), unit,
            // A machine that is off shows nothing, or what is around it.
            isShare ? (0, 100) : (Down(Math.Min(low - 5 * span, 0)), Up(high + 5 * span)),
            isShare ? (0, 100) : (Down(low - 0.5 * span), Up(high + 0.5 * span)), NoiseOf(values), remark);
    }

    static (string Name, Unit Unit, string? Remark) UnitOf(string header, string? given)
    {
        var bracket = InBrackets().Match(header);
        var name = bracket.Success ? header[..bracket.Index].Trim() : header;
        if (given is not null) return (name, Known("--unit", $"{header}={given}", given), null);
        if (bracket.Success) return (name, Known("--from", header, bracket.Groups[1].Value), null);
        foreach (var (suffix, symbol) in Suffixes.OrderByDescending(s => s.Suffix.Length))
        {
            if (header.EndsWith("_" + suffix, StringComparison.Ordinal) && header.Length > suffix.Length + 1)
                return (header[..^(suffix.Length + 1)], Unit.Find(symbol)!, null);
        }
        foreach (var (word, symbol) in Guesses)
        {
            if (header.Contains(word, StringComparison.OrdinalIgnoreCase))
                return (name, Unit.Find(symbol)!, "unit guessed from the name");
        }
        return (name, Unit.Find("1")!, "unit not known");
    }

    static Unit Known(string option, string value, string symbol) => Unit.Find(symbol.Trim()) ?? throw new InvalidInputException(
        option, value,
        $"a unit that is known, said with --unit COLUMN=UNIT: {string.Join(", ", Unit.Quantities.SelectMany(Unit.SymbolsOf))}");

    static string IdOf(string name, string header)
    {
        var spaced = CamelEnd().Replace(name.Normalize(System.Text.NormalizationForm.FormKD), "$1-$2");
        var id = string.Join('-', NoLetters().Split(spaced.ToLowerInvariant()).Where(part => part.Length > 0));
        if (id.Length > 64) id = id[..64].TrimEnd('-');
        return AssetId.IsAllowed(id) ? id : throw new InvalidInputException(
            "--from", header, "a column whose name has letters or digits of ASCII; rename it, or leave it out with --ignore");
    }

    // Of differences, which a trend hardly touches: their median, as a standard deviation. Of a sensor in coarse steps, a third of a step.
    static double NoiseOf(double[] values)
    {
        double[] steps = [.. values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a))];
        if (steps.Length == 0) return 0;
        var noise = 1.4826 * steps.Median() / Math.Sqrt(2);
        // What hardly ever moves is set by somebody.
        if (noise == 0 && steps.Count(s => s > 0) > steps.Length / 20) noise = steps.Where(s => s > 0).Min() / 3;
        return noise == 0 ? 0 : double.Parse(noise.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    // The usual time between rows; at least a millisecond.
    static double Interval(double[] seconds)
    {
        var usual = seconds.Zip(seconds.Skip(1), (a, b) => b - a).Where(d => d > 0).Median();
        return usual >= 0.95 ? Math.Round(usual) : Math.Max(0.001, Math.Round(usual, 3));
    }

    // To two digits of the span, away from the data.
    static double Rounded(double value, Func<double, double> towards, double span)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10(span)) - 1) * 5;
        return Math.Round(towards(value / step) * step, 9);
    }

    [GeneratedRegex(@"^-?\d+,\d+$")]
    private static partial Regex CommaNumber();

    [GeneratedRegex(@"[\[(]([^\])]*)[\])]\s*$")]
    private static partial Regex InBrackets();

    [GeneratedRegex("([a-z0-9])([A-Z])")]
    private static partial Regex CamelEnd();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetters();
}

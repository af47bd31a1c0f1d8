using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cli.NewAssets;

/// <summary>Writes a proposed model as YAML, with remarks where somebody has to look.</summary>
static class WriteModel
{
    /// <summary>Marks lines to look at.</summary>
    public const string Check = "# check: ";

    // Silent for so many intervals, a sensor is missing.
    const int IntervalsMissing = 10;

    static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="id">Of the model, and of its first asset.</param>
    /// <param name="model">What the data suggest.</param>
    /// <param name="source">Name of the file that it is made from.</param>
    public static string Of(string id, ProposedModel model, string source)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        var name = char.ToUpperInvariant(id[0]) + id[1..].Replace('-', ' ');
        Line($"# Proposed from {Quoted(source)}. Lines with '{Check.Trim()}' are guesses; physics, limits and parts are yours to add.");
        Line("# yaml-language-server: $schema=asset-model.schema.json");
        Line("schema: pollux/asset-model/1");
        Line($"id: {id}");
        Line($"name: {Quoted(name)} {Check}what people call it");
        Line("version: 1 # increment with every change of the file");
        Line("");
        Line("# The parts of the machine: each sensor belongs to one.");
        Line("components:");
        Line($"  - {{ id: {id}, kind: machine, name: {Quoted(name)} }}");
        Line("");
        Line("# physical: what is outside is rejected; plausible: what is outside is marked as uncertain. Both are wider than the data.");
        Line("# noise: standard deviation from reading to reading; missing-after: how long a sensor may be silent.");
        Line("sensors:");
        foreach (var (i, sensor) in model.Sensors.Index())
        {
            Line($"  - {{ id: {sensor.Id}, number: {Text(i + 1)}, component: {id}, quantity: {sensor.Unit.Quantity}, "
                + $"unit: {Quoted(sensor.Unit.Symbol)}, physical: {Range(sensor.Physical)}, plausible: {Range(sensor.Plausible)}, "
                + $"interval: {Span(model.Interval)}, noise: {Text(sensor.Noise)}, "
                + $"missing-after: {Span(Math.Max(30, IntervalsMissing * model.Interval))} }}"
                + (sensor.Remark is { } remark ? $" {Check}{remark}" : ""));
        }
        Line("");
        Line("# Alarms, e.g.:");
        Line("# limits:");
        var first = model.Sensors[0];
        Line($"#   - {{ id: {first.Id}-high, sensor: {first.Id}, above: {Text(first.Plausible.High)}, severity: warning, on-delay: 10s, "
            + "off-delay: 10s, message: What it means }");
        Line("");
        Line("connections:");
        Line("  - { topic: \"pollux/{asset}/senml\", payload: senml }");
        Line("  - { topic: \"pollux/{asset}/sensors/{sensor}\", payload: plain }");
        Line("");
        Line("imports:");
        Line("  csv:");
        Line($"    separator: {Quoted($"{model.Separator}")}");
        if (model.Decimal != '.') Line($"    decimal: {Quoted($"{model.Decimal}")}");
        if (model.Missing.Count > 0) Line($"    missing: [{string.Join(", ", model.Missing.Select(Quoted))}]");
        Line($"    time: {Quoted(model.TimeHeader)}");
        if (model.Time.Format is { } format)
            Line($"    time-format: {Quoted(format)}{(model.Time.Remark is { } of ? $" {Check}{of}" : "")}");
        Line("    columns:");
        foreach (var sensor in model.Sensors) Line($"      {Quoted(sensor.Header)}: {sensor.Id}");
        if (model.Ignored.Count > 0) Line($"    ignore: [{string.Join(", ", model.Ignored.Select(i => Quoted(i.Header)))}]");
        return text.ToString();
    }

    static string Quoted(string text) => JsonSerializer.Serialize(text, Plain);

    static string Range((double Low, double High) range) => $"[{Text(range.Low)}, {Text(range.High)}]";

    static string Text(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    static string Span(double seconds) => seconds >= 1 ? $"{Text(seconds)}s" : $"{Text(seconds * 1000)}ms";
}

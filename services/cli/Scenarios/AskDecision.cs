using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Contracts.Decisions;

namespace Cli.Scenarios;

/// <summary>Asks whether to replace a worn part now or to wait, and prints the comparison.</summary>
static class AskDecision
{
    public static Command Command()
    {
        var asset = new Argument<string>("ASSET") { Description = "Id of the asset" };
        var component = new Argument<string>("COMPONENT") { Description = "Id of the worn part" };
        var weeks = new Option<double[]>("--wait") { Description = "Weeks to wait; may be repeated (default 1, 2, 3, 4 and 6)" };
        var stops = new Option<DateTimeOffset[]>("--stop") { Description = "Time of a planned stop; may be repeated" };
        var hours = new Option<double>("--stop-hours")
        {
            Description = "By how many hours a replacement extends a planned stop",
            DefaultValueFactory = _ => 2,
        };
        var derate = new Option<double?>("--derate")
        {
            Description = "Adds the option to run at this share of the rate and wait three weeks, e.g. 0.85",
        };
        var rate = new Option<double?>("--rate") { Description = "Future production rate as a multiple of the present one" };
        var aversion = new Option<double?>("--risk-aversion")
        {
            Description = "Ranking, from 0 (by expected cost, default) to 1 (by the mean cost of the worst 5 % of futures)",
        };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of the simulated futures (default 1)" };
        var at = new Option<DateTimeOffset?>("--at") { Description = "Day 0 of the question (default now)" };
        var json = new Option<bool>("--json") { Description = "Print the whole answer as JSON" };
        var command = new Command("decide", "Replace a worn part now or wait? Options ranked by cost and risk")
        {
            asset, component, weeks, stops, hours, derate, rate, aversion, seed, at, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var planned = (parsed.GetValue(stops) ?? []).Select(s => s.UtcDateTime).ToList();
            var waits = parsed.GetValue(weeks) is { Length: > 0 } given ? given : [1, 2, 3, 4, 6];
            List<object> options = [new { kind = "now" }, .. planned.Select(s => new
            {
                kind = "at-stop",
                at = s,
            }), .. waits.Select(w => new { kind = "wait", weeks = w })];
            if (parsed.GetValue(derate) is { } slower) options.Add(new { kind = "derate", weeks = 3.0, rate = slower });
            options.AddRange([new { kind = "optimal-date" }, new { kind = "run-to-failure" }]);
            var question = new
            {
                asset = parsed.GetRequiredValue(asset),
                component = parsed.GetRequiredValue(component),
                options,
                stops = planned.Select(s => new { at = s, lostHours = parsed.GetValue(hours) }),
                rate = parsed.GetValue(rate),
                riskAversion = parsed.GetValue(aversion),
                seed = parsed.GetValue(seed),
                at = parsed.GetValue(at)?.UtcDateTime,
            };
            return Run(question, parsed.GetValue(json), cancel);
        });
        return command;
    }

    static async Task<int> Run(object question, bool asJson, CancellationToken cancel)
    {
        using var query = new QueryClient();
        var (_, answer) = await query.Send(HttpMethod.Post, "/api/v1/decisions", question, cancel);
        if (asJson) Console.WriteLine(answer.GetRawText());
        else Show(answer.Deserialize<DecisionView>(JsonSerializerOptions.Web)!);
        return 0;
    }

    static void Show(DecisionView d)
    {
        var a = d.Answer;
        Line($"{d.Component} of {d.AssetId}, {d.Definition.At:yyyy-MM-dd HH:mm}Z, decision {d.Id}");
        if (d.Basis is { } b)
        {
            Line($"{b.Level}, {b.AgeDays:0.#} days old; remaining life {Days(b.P05)} / {Days(b.P50)} / {Days(b.P95)} days (5 / 50 / 95 %)");
            var models = b.Models.Select(m => FormattableString.Invariant($"{m.Model} {100 * m.Weight:0} %"));
            Line($"from {string.Join(", ", models)}; log position {d.LogPosition}");
        }
        Line($"");
        Line($"{"option",-32} {"cost",9} {"relative",9} {"P5",8} {"P50",8} {"P95",8} {"CVaR95",8} {"P(fail)",8} {"hours",6} {"> now",6} "
            + $"{"against now",18}");
        foreach (var o in a.Options)
        {
            Line($"{o.Name,-32} {o.ExpectedCost,9:N0} {o.RelativeCost,9:N0} {o.P5,8:N0} {o.P50,8:N0} {o.P95,8:N0} {o.CVaR95,8:N0} "
                + $"{100 * o.FailureProbability,6:0.0} % {o.DowntimeHours,6:0.0} {100 * o.DearerThanNowProbability,4:0} % "
                + $"{o.DifferenceToNow,9:+#,0;-#,0;0} ± {o.DifferenceStandardError,-6:N0}");
        }
        Line($"");
        Line($"{a.Reason}");
        if (a.BreakEven is { } e)
            Line($"Break-even of '{e.Option}': P(failure before) {100 * e.FailureProbability:0.0} %, at {e.LifeFactor:0.##} times the "
                + "remaining life.");
        if (a.FlipShare is { } flips)
            Line($"Another option is best in {100 * flips:0} of 100 draws of the uncertain inputs; perfect information is worth at most "
                + $"{a.PerfectInformationValue:N0}.");
        var decisive = a.Tornado.Take(3).Select(t => FormattableString.Invariant($"{t.Input} (lead {t.Low:N0} to {t.High:N0})"));
        if (a.Tornado.Count > 0) Line($"Most decisive: {string.Join("; ", decisive)}.");
        var renewal = a.NewPartAgeDays is { } age
            ? FormattableString.Invariant($"a new part is best replaced at {age:0} days.")
            : a.NewPartReason;
        Line($"A day of life is worth {a.NewPartCostPerDay:0.00}; {renewal}");
        foreach (var warning in a.Warnings) Line($"Note: {warning}");
    }

    static string Days(double? days) => days is { } d ? d.ToString(d < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) : "never";

    static void Line(string text) => Console.WriteLine(text);
}

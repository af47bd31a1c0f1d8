using System.CommandLine;
using System.Text.Json;
using Contracts.Decisions;
using Contracts.Health;

namespace Cli.Lifetimes;

/// <summary>A part's state at one assessment, and the advice given then.</summary>
/// <param name="At">Device time of the assessment.</param>
/// <param name="Level">learning, healthy, degrading or critical.</param>
/// <param name="P05">Remaining days until 5 % have failed; null: never.</param>
/// <param name="P50">Until 50 % have failed.</param>
/// <param name="P95">Until 95 % have failed.</param>
/// <param name="FailureProbability">Probability of failure before the planned stop.</param>
/// <param name="BreakEven">Waiting for the stop pays off while that probability is below this; null if it never or always does.</param>
/// <param name="Recommended">Name of the best option.</param>
/// <param name="Models">The models behind the remaining life, with their weights.</param>
/// <param name="DecisionId">Id of the decision in the ledger.</param>
sealed record LifeLine(
    DateTimeOffset At, string Level, double? P05, double? P50, double? P95, double FailureProbability, double? BreakEven,
    string Recommended, IReadOnlyList<ModelShare> Models, string DecisionId);

/// <summary>
/// Runs a bearing's whole life in time-lapse on the running system: a separate emulated plant wears one out, and the twin is asked
/// repeatedly what to do.
/// </summary>
static class LiveLifetime
{
    const string Component = "gearbox-bearing";
    const string Model = "extrusion-line";
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Life by which the plant may be ahead of the next question: the twin assesses the part every hour and waits for late readings.
    static readonly TimeSpan MostAhead = TimeSpan.FromHours(6);

    public static Command Command()
    {
        var asset = new Option<string?>("--asset") { Description = "Id of an asset without history (default: a new asset)" };
        var days = new Option<double>("--days")
        {
            Description = "How many days ago the life begins; it ends with the failure",
            DefaultValueFactory = _ => 35,
        };
        var wear = new Option<double>("--wear")
        {
            Description = "Severity of the plant's wear fault, switched on once the twin has its baseline: 40 000^severity times as fast",
            DefaultValueFactory = _ => 0.15,
        };
        var factor = new Option<double>("--factor") { Description = "Simulated seconds per second", DefaultValueFactory = _ => 36_000 };
        var sample = new Option<double>("--sample-seconds")
        {
            Description = "Simulated seconds between two readings of each sensor",
            DefaultValueFactory = _ => 120,
        };
        var stop = new Option<double>("--stop-days")
        {
            Description = "The next planned stop is always this many days ahead",
            DefaultValueFactory = _ => 7,
        };
        var every = new Option<double>("--ask-hours")
        {
            Description = "Simulated hours between two decisions",
            DefaultValueFactory = _ => 12,
        };
        var seed = new Option<int>("--seed") { Description = "Seed of the plant's noise", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "One JSON object per line" };
        var command = new Command("lifetime", "Wear out a bearing in time-lapse and show condition, remaining life and advice")
        {
            asset, days, wear, factor, sample, stop, every, seed, json,
        };
        Limit(days, 3, 360);
        Limit(wear, 0, 1);
        Limit(factor, 100, 100_000);
        Limit(sample, 10, 300);
        Limit(stop, 0.1, 180);
        Limit(every, 1, 240);
        command.SetAction((parsed, cancel) =>
        {
            var assetId = parsed.GetValue(asset) ?? $"lifetime-{DateTimeOffset.UtcNow:MMdd-HHmmss}";
            var pace = new LifePace(
                parsed.GetValue(days), parsed.GetValue(factor), parsed.GetValue(sample), parsed.GetValue(seed));
            return new Life(assetId, parsed.GetValue(stop), TimeSpan.FromHours(parsed.GetValue(every)), parsed.GetValue(json))
                .Run(pace, parsed.GetValue(wear), cancel);
        });
        return command;
    }

    static void Limit(Option<double> option, double least, double most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double>() is var value && !(value >= least && value <= most))
            result.AddError(FormattableString.Invariant($"{option.Name} must be from {least} to {most}."));
    });

    sealed class Life(string assetId, double stopDays, TimeSpan askEvery, bool isJson)
    {
        readonly List<LifeLine> lines = [];

        public async Task<int> Run(LifePace pace, double wear, CancellationToken cancel)
        {
            var assembly = Environment.GetEnvironmentVariable("POLLUX_PLANT_ASSEMBLY") is { Length: > 0 } given
                ? given
                : throw new InvalidDataException("POLLUX_PLANT_ASSEMBLY must name the plant's program; ./pollux sets it.");
            using var query = new QueryClient();
            await RegisterByName.Run(query, assetId, Model, cancel);
            await using var plant = await PlantProcess.Start(assembly, assetId, pace, cancel);
            Say($"{assetId}, {pace.DaysBack} days ago, {pace.Factor:N0} times as fast: learning what healthy looks like");
            Say($"{"time",-17} {"condition",-10} {"remaining days (5/50/95 %)",-27} {$"P(fail in {stopDays:0.#} d)",15} {"break-even",11}  "
                + "advice");
            var failed = await Follow(query, plant, wear, cancel);
            await End(query, failed, cancel);
            return 0;
        }

        // Runs until the true vibration has reached the failure level and the twin has caught up with that moment; returns the moment of
        // failure. On a machine too slow for the factor the plant waits for the twin, so that no question is skipped.
        async Task<BearingTruth> Follow(QueryClient query, PlantProcess plant, double wear, CancellationToken cancel)
        {
            var (isWorn, before, progress) = (false, await plant.Truth(cancel), DateTimeOffset.UtcNow);
            var followed = before.At;
            BearingTruth? failed = null;
            while (true)
            {
                await plant.WaitAt(followed + askEvery + MostAhead, cancel);
                await Task.Delay(LookEvery, cancel);
                var truth = await plant.Truth(cancel);
                var part = await Health(query, cancel);
                if (part.Level == "healthy" && !isWorn)
                {
                    await plant.Wear(wear, cancel);
                    isWorn = true;
                }
                if (part.Assessment is { } a && (lines.Count == 0 || a.At >= lines[^1].At + askEvery || part.Level != lines[^1].Level))
                    await Ask(query, part.Level, a, cancel);
                followed = lines.Count > 0 ? lines[^1].At : part.At ?? followed;
                if (failed is null && part.CriticalValue is { } trip && truth.VibrationMillimetresPerSecond >= trip)
                {
                    // Interpolated linearly in the logarithm.
                    var share = Math.Log(trip / before.VibrationMillimetresPerSecond)
                        / Math.Log(truth.VibrationMillimetresPerSecond / before.VibrationMillimetresPerSecond);
                    failed = new(before.At + share * (truth.At - before.At), trip);
                    progress = DateTimeOffset.UtcNow;
                }
                if (failed is not null)
                {
                    if (part.At >= failed.At) return failed;
                    if (DateTimeOffset.UtcNow > progress + Patience)
                        throw new InvalidDataException("The twin did not catch up with the plant.");
                    continue;
                }
                if (truth.At > before.At) progress = DateTimeOffset.UtcNow;
                else if (DateTimeOffset.UtcNow > progress + Patience) throw new InvalidDataException("The plant has stopped.");
                if (truth.At > DateTimeOffset.UtcNow.AddMinutes(-5))
                    throw new InvalidDataException(
                        "The present was reached before the bearing failed: use more --days or a higher --wear.");
                before = truth;
            }
        }

        async Task Ask(QueryClient query, string level, RulView assessed, CancellationToken cancel)
        {
            var stop = assessed.At.AddDays(stopDays);
            var question = new
            {
                asset = assetId,
                component = Component,
                at = assessed.At,
                stops = new[] { new { at = stop, lostHours = 2 } },
                options = new object[] { new { kind = "now" }, new { kind = "at-stop", at = stop } },
            };
            var (_, answer) = await query.Send(HttpMethod.Post, "/api/v1/decisions", question, cancel);
            var decision = answer.Deserialize<DecisionView>(JsonSerializerOptions.Web)!;
            var (basis, waiting) = (decision.Basis!, decision.Answer.Options.Single(o => o.Kind == "at-stop"));
            var line = new LifeLine(
                assessed.At, level, basis.P05, basis.P50, basis.P95, waiting.FailureProbability,
                decision.Answer.BreakEven?.FailureProbability, decision.Answer.Recommended, basis.Models, decision.Id);
            lines.Add(line);
            if (isJson) Console.WriteLine(JsonSerializer.Serialize(line, JsonSerializerOptions.Web));
            Say($"{line.At.UtcDateTime,-17:MM-dd HH:mm} {line.Level,-10} "
                + $"{$"{Days(line.P05)} / {Days(line.P50)} / {Days(line.P95)}",-27} {100 * line.FailureProbability,13:0.0} % "
                + $"{(line.BreakEven is { } e ? FormattableString.Invariant($"{100 * e:0.0} %") : "-"),11}  {line.Recommended}");
        }

        // Records the failure, upon which past predictions and advice are scored.
        async Task End(QueryClient query, BearingTruth failed, CancellationToken cancel)
        {
            await query.Send(HttpMethod.Post, $"/api/v1/assets/{assetId}/components/{Component}:failed", new
            {
                by = "lifetime",
                at = failed.At,
                comment = "trip level reached in time-lapse",
            }, cancel);
            var scores = JsonElement.Parse((await query.Find($"/api/v1/twins/{assetId}/health?component={Component}", cancel))!)
                .GetProperty("parts")[0];
            if (isJson)
                Console.WriteLine(JsonSerializer.Serialize(new
                {
                    failedAt = failed.At,
                    scores = scores.GetProperty("scoresWhileDegrading"),
                }, JsonSerializerOptions.Web));
            var trends = lines.Where(l => l.Level is "degrading" or "critical" && l is { P05: not null, P95: not null }).ToList();
            var within = trends.Count(l => (failed.At - l.At).TotalDays is var left && left >= l.P05 && left <= l.P95);
            Say($"{failed.At.UtcDateTime,-17:MM-dd HH:mm} failed     the truth: {failed.VibrationMillimetresPerSecond:0.0} mm/s reached; "
                + $"it lay within the 5 to 95 % band of {within} of {trends.Count} assessments based on a trend");
            if (lines.FindIndex(l => l.Recommended == "replace now") is >= 0 and var first)
                Say($"First advised to replace {(failed.At - lines[first].At).TotalDays:0.0} days before the failure. All decisions: "
                    + $"/api/v1/decisions?asset={assetId}");
        }

        async Task<HealthView> Health(QueryClient query, CancellationToken cancel) =>
            JsonElement.Parse((await query.Find($"/api/v1/twins/{assetId}/health?component={Component}", cancel))!).GetProperty("parts")[0]
                .GetProperty("condition").Deserialize<HealthView>(JsonSerializerOptions.Web)!;

        static string Days(double? days) => days is { } d ? FormattableString.Invariant($"{d:0.0}") : "never";

        void Say(string text)
        {
            if (!isJson) Console.WriteLine(text);
        }
    }
}

using TwinModel.ConditionMonitoring;
using TwinModel.Lifetimes;
using TwinModel.Maintenance;
using TwinModel.Prognostics;

namespace TwinModel.Assets;

/// <summary>Reads one entry of the section <c>degradation</c> of an asset model.</summary>
static class ReadDegradation
{
    static readonly string[] Transformations = ["ln"];
    static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestWindow = TimeSpan.FromDays(7);

    public static Degradation? From(YamlCursor at, string component, IReadOnlyDictionary<string, Sensor> sensors)
    {
        var indicator = SensorOf(at, "indicator", sensors);
        var transformation = at.Text("transformation", "ln");
        if (!Transformations.Contains(transformation))
            at.ComplainOf("transformation", $"must be one of {string.Join(", ", Transformations)}, not '{transformation}'");
        var window = at.Span("window", required: false) ?? TimeSpan.FromMinutes(10);
        if (window < ShortestWindow || window > LongestWindow) at.ComplainOf("window", "must be from 100ms to 168h");
        var late = at.Span("late", required: false) ?? window;
        if (late > 10 * window)
            at.ComplainOf("late", "must be at most ten windows, because readings of open windows are held in memory");
        var assessEvery = at.Span("assess-every", required: false) ?? TimeSpan.FromHours(1);
        if (assessEvery < window)
            at.Get("assess-every", required: false)?.Complain("must be at least one window, because nothing new is known before its end");
        var load = at.Get("load", required: false);
        var (speed, force) = (ReadLoad(load, "speed", sensors), ReadLoad(load, "force", sensors));
        load?.Close();
        var threshold = at.Get("threshold");
        var (value, deviation) = (threshold?.Number("value") ?? double.NaN, threshold?.Number("deviation", 0.2) ?? 0.2);
        threshold?.Text("source", "");
        threshold?.Close();
        var fleetAt = at.Get("fleet", required: false);
        var (shape, scale, scaleDeviation) = (
            fleetAt?.Number("shape") ?? 1, fleetAt?.Number("scale-days") ?? 1, fleetAt?.Number("scale-deviation", 0) ?? 0);
        var source = fleetAt?.Text("source") ?? "";
        fleetAt?.Close();
        var life = at.Get("life", required: false) is { } lifeAt ? ReadLife(lifeAt) : null;
        var economics = at.Get("economics", required: false) is { } economicsAt ? ReadEconomics(economicsAt) : null;
        var condition = ReadCondition(at, window, value, speed, force);
        var rul = threshold is null || at.HasProblems
            ? null
            : Checked(threshold,
                () => ReadRul(at, new Threshold(value, deviation), fleetAt is null ? null : new WeibullLife(shape, scale), scaleDeviation));
        // When there are other problems the trend is not read, but its key is still known.
        at.Get("trend", required: false);
        at.Close();
        return at.HasProblems || indicator is null || condition is null || rul is null
            ? null
            : new(component, indicator.Number, speed, force, condition, rul, late, assessEvery, life, source, economics);
    }

    static ConditionSettings? ReadCondition(YamlCursor at, TimeSpan window, double critical, LoadInput? speed, LoadInput? force)
    {
        var detection = at.Get("detection", required: false);
        var chart = new CusumSettings(
            detection?.Number("slack", 0.5) ?? 0.5, detection?.Number("limit", 8) ?? 8, detection?.Number("clip", 5) ?? 5);
        var (baseline, confirm) = (Count(detection, "baseline", 144, Baseline.LeastCount), Count(detection, "confirm", 2, 1));
        detection?.Close();
        if (at.HasProblems) return null;
        var settings = new ConditionSettings(
            new(speed?.Reference ?? 1, force?.Reference ?? 1, speed?.Exponent ?? 0, force?.Exponent ?? 0), critical)
        {
            Window = window,
            BaselineCount = baseline,
            ConfirmCount = confirm,
            Cusum = chart,
        };
        return Checked(detection ?? at, () =>
        {
            settings.Validate();
            return settings;
        });
    }

    static RulSettings ReadRul(YamlCursor at, Threshold threshold, WeibullLife? fleet, double scaleDeviation)
    {
        var usual = new RulSettings(threshold, fleet) { FleetScaleSdLn = scaleDeviation };
        if (at.Get("trend", required: false) is { } trend)
        {
            usual = usual with
            {
                SlopePerDay = trend.Number("slope-per-day", usual.SlopePerDay),
                SlopeSdPerDay = trend.Number("slope-deviation", usual.SlopeSdPerDay),
                LevelSdLn = trend.Number("level-deviation", usual.LevelSdLn),
                // The diffusions of the Wiener model scale with how fast parts degrade.
                DiffusionsPerRootDay = trend.Get("diffusions", required: false) is null
                    ? usual.DiffusionsPerRootDay
                    : [.. trend.List("diffusions", atLeast: 1).Select(d => d.Number() ?? 1)],
                FleetWeight = trend.Number("fleet-weight", usual.FleetWeight),
            };
            trend.Close();
        }
        usual.Validate();
        return usual;
    }

    static LoadInput? ReadLoad(YamlCursor? load, string key, IReadOnlyDictionary<string, Sensor> sensors)
    {
        if (load?.Get(key, required: false) is not { } at) return null;
        var (sensor, reference, exponent) = (SensorOf(at, "sensor", sensors), at.Number("reference"), at.Number("exponent"));
        if (reference <= 0) at.ComplainOf("reference", $"must be greater than 0, not {reference}");
        at.Close();
        return sensor is null ? null : new(sensor.Number, reference, exponent);
    }

    static LoadLife ReadLife(YamlCursor at)
    {
        var (exponent, rating, force) = (
            at.Number("exponent"), at.Number("dynamic-rating-kilonewton"), at.Number("force-per-rate-exponent", 0));
        if (exponent <= 0)
            at.ComplainOf("exponent", $"must be greater than 0 (3 for ball bearings, 3.333 for roller bearings), not {exponent}");
        if (rating <= 0) at.ComplainOf("dynamic-rating-kilonewton", $"must be greater than 0, not {rating}");
        at.Text("source", "");
        at.Close();
        return new(exponent, 1000 * rating, force);
    }

    static Economics? ReadEconomics(YamlCursor at)
    {
        var economics = new Economics(
            at.Number("part-cost"), at.Number("labour-cost"), at.Number("overtime-cost"), at.Number("margin-per-hour"),
            at.Number("planned-hours"), at.Number("unplanned-hours"),
            at.Number("unplanned-hours-deviation", 0.35), at.Number("spare-lead-days"), at.Number("waiting-hours-per-day"),
            at.Number("secondary-damage-probability"),
            at.Number("secondary-damage-cost"))
        {
            ScrapAndRestartCost = at.Number("scrap-and-restart-cost", 0),
            ExpediteCost = at.Number("expedite-cost", 0),
            SpareHoldingCostPerDay = at.Number("spare-holding-cost-per-day", 0),
            Currency = at.Text("currency", ""),
        };
        at.Close();
        return at.HasProblems ? null : Checked(at, () =>
        {
            economics.Validate();
            return economics;
        });
    }

    internal static Sensor? SensorOf(YamlCursor at, string key, IReadOnlyDictionary<string, Sensor> sensors)
    {
        var id = at.Text(key);
        if (id.Length == 0) return null;
        if (sensors.TryGetValue(id, out var sensor)) return sensor;
        at.ComplainOf(key, $"names the sensor '{id}', which does not exist; known: {string.Join(", ", sensors.Keys)}");
        return null;
    }

    static int Count(YamlCursor? at, string key, int otherwise, int least)
    {
        var value = at?.Number(key, otherwise) ?? otherwise;
        if (value == Math.Floor(value) && value >= least && value <= 100_000) return (int)value;
        at!.ComplainOf(key, $"must be a whole number from {least} to 100000, not {value}");
        return otherwise;
    }

    // The library validates the values; its message is reported against the file.
    static T? Checked<T>(YamlCursor at, Func<T> make)
        where T : class
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            at.Complain($"has no meaning: {e.Message.Split(" (Parameter", 2)[0]}");
            return null;
        }
    }
}

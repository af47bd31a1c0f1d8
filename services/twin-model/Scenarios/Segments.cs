namespace TwinModel.Scenarios;

/// <summary>A change, in units of calculation.</summary>
/// <param name="Input">Number of the input; -1 for a parameter.</param>
/// <param name="Parameter">Number of the parameter; -1 for an input.</param>
/// <param name="Kind">set, scale or offset.</param>
/// <param name="Value">The value, factor or offset.</param>
/// <param name="From">Start, s.</param>
/// <param name="Ramp">Length of the ramp, s.</param>
/// <param name="For">Duration, s; 0: permanent.</param>
readonly record struct Change(int Input, int Parameter, string Kind, double Value, double From, double Ramp, double For)
{
    public double Applied(double to) => Kind switch { "set" => Value, "scale" => to * Value, _ => to + Value };

    /// <summary>Share of the change that is in effect.</summary>
    public double Weight(double time)
    {
        var up = Ramp > 0 ? Math.Clamp((time - From) / Ramp, 0, 1) : time >= From ? 1 : 0;
        if (For <= 0) return up;
        var end = From + For;
        return Ramp > 0 ? Math.Min(up, Math.Clamp(1 - (time - end) / Ramp, 0, 1)) : time >= end ? 0 : up;
    }

    public IEnumerable<double> Times() => For > 0 ? [From, From + Ramp, From + For, From + For + Ramp] : [From, From + Ramp];
}

/// <summary>A part of a run in which every input is linear in time and parameters are constant.</summary>
readonly record struct Segment(double Start, double End, double[] Inputs, double[] Slopes, double[] Parameters);

/// <summary>Splits a run wherever something changes abruptly and the integrator has to restart.</summary>
static class Segments
{
    /// <param name="start">Start of the run, s.</param>
    /// <param name="end">Its end, s.</param>
    /// <param name="member">The machine.</param>
    /// <param name="courses">Recorded settings by input number.</param>
    /// <param name="changes">What the scenario changes.</param>
    public static IEnumerable<Segment> Of(
        double start, double end, MemberValues member, IReadOnlyList<Setting>?[] courses, IReadOnlyList<Change> changes)
    {
        var times = courses.OfType<IReadOnlyList<Setting>>().SelectMany(c => c.Select(s => s.Seconds))
            .Concat(changes.SelectMany(c => c.Times()))
            .Where(t => t > start && t < end).Append(start).Append(end).Distinct().Order().ToArray();
        for (var k = 0; k + 1 < times.Length; k++)
        {
            var (from, to) = (times[k], times[k + 1]);
            // The values inside the segment, i.e. after this cut and before the next.
            var middle = from + (to - from) / 2;
            var inputs = new double[courses.Length];
            var slopes = new double[courses.Length];
            for (var i = 0; i < inputs.Length; i++)
            {
                var held = At(courses[i], middle, member.Inputs[i]);
                var (first, half) = (held, held);
                foreach (var change in changes.Where(c => c.Input == i))
                {
                    var by = change.Applied(held) - held;
                    half += change.Weight(middle) * by;
                    first += (change.Ramp > 0 ? change.Weight(from) : change.Weight(middle)) * by;
                }
                inputs[i] = first;
                slopes[i] = (half - first) / (middle - from);
            }
            yield return new(from, to, inputs, slopes, Changed(member.Parameters, changes, middle));
        }
    }

    /// <summary>Values of all inputs at a time, changes included.</summary>
    public static double[] InputsAt(
        double time, MemberValues member, IReadOnlyList<Setting>?[] courses, IReadOnlyList<Change> changes)
    {
        var inputs = new double[courses.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var held = At(courses[i], time, member.Inputs[i]);
            inputs[i] = changes.Where(c => c.Input == i)
                .Aggregate(held, (value, change) => value + change.Weight(time) * (change.Applied(held) - held));
        }
        return inputs;
    }

    /// <summary>Parameters at a time, changes included; the same array when nothing is changed.</summary>
    public static double[] Changed(double[] parameters, IReadOnlyList<Change> changes, double time)
    {
        double[]? changed = null;
        foreach (var change in changes.Where(c => c.Parameter >= 0 && c.Weight(time) > 0))
        {
            changed ??= [.. parameters];
            changed[change.Parameter] = change.Applied(parameters[change.Parameter]);
        }
        return changed ?? parameters;
    }

    static double At(IReadOnlyList<Setting>? course, double time, double otherwise)
    {
        if (course is null) return otherwise;
        var value = course[0].Value;
        foreach (var setting in course.TakeWhile(s => s.Seconds <= time)) value = setting.Value;
        return value;
    }
}

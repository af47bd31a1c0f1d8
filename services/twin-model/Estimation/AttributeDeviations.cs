namespace TwinModel.Estimation;

/// <summary>
/// Tells a wrong sensor, a failed actuator and a changed process apart by the signs of what deviates. In a control loop, a sensor that
/// shows too much makes its controller act less: both deviate in opposite directions, however well the loop hides the error. An actuator
/// that fails takes its sensor along: both deviate in the same direction. Another process or material shows in the sensors outside loops.
/// </summary>
public static class AttributeDeviations
{
    // Thresholds of scores, which are standard normal while the physics follows. The first is crossed by chance once in 2 000 times; the
    // others were chosen on the emulated plant ('./pollux bench attribution').
    const double Clear = 3.5;
    const double Strong = 10;
    const double Process = 4.5;
    const double TakenAlong = 2;

    /// <summary>What deviations point to; null when to nothing.</summary>
    /// <param name="setup">The model, whose correcting sensors they are.</param>
    /// <param name="scores">Score of each sensor, see <see cref="Deviation"/>.</param>
    /// <param name="leftOut">Which of them were left out in the last tick.</param>
    public static Cause? Of(EstimationSetup setup, IReadOnlyList<double> scores, LeftOut[] leftOut)
    {
        var observed = setup.Observed;
        List<int> loops = [.. Enumerable.Range(0, observed.Length).Where(o => observed[o].Correcting.Actuator is not null)];
        var actuators = loops.Select(l => ActuatorOf(observed, l)).ToHashSet();
        var deviating = Enumerable.Range(0, observed.Length)
            .Where(o => !loops.Contains(o) && !actuators.Contains(o) && Size(o) > Process).OrderByDescending(Size).ToList();
        // What else deviates then follows from it.
        if (deviating.Count(o => Size(o) > Strong) > 1) return Found(CauseKind.Process, deviating);
        if (Array.IndexOf(leftOut, LeftOut.Frozen) is >= 0 and var frozen) return Found(CauseKind.Sensor, [frozen]);
        loops.RemoveAll(l => Size(l) <= Clear);
        if (loops.Count > 0)
        {
            var loop = loops.MaxBy(Size);
            var actuator = ActuatorOf(observed, loop);
            var isTakenAlong = Size(actuator) > TakenAlong && scores[actuator] * scores[loop] > 0;
            return Found(isTakenAlong ? CauseKind.Actuator : CauseKind.Sensor, [loop, actuator]);
        }
        if (deviating.Count == 0) return null;
        // What follows from a change of the process shows a tick or two later elsewhere, but something shows at once.
        var isAlone = Size(deviating[0]) > Strong && Enumerable.Range(0, observed.Length).Count(o => Size(o) > TakenAlong) == 1;
        return Found(isAlone ? CauseKind.Sensor : CauseKind.Process, deviating);

        double Size(int o) => Math.Abs(scores[o]);
        Cause Found(CauseKind kind, List<int> by) => new(
            kind, observed[by[0]].Sensor.Id, [.. by.Select(o => new Deviation(observed[o].Sensor.Id, scores[o]))]);
    }

    static int ActuatorOf(ObservedSignal[] observed, int loop) =>
        Array.FindIndex(observed, o => o.Correcting.Signal == observed[loop].Correcting.Actuator);
}

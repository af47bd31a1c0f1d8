namespace TwinModel.Solvers;

/// <summary>Argument checks shared by all solvers.</summary>
static class OdeArguments
{
    public static void Check(
        BorderedShape shape, IOdeSystem system, ReadOnlySpan<double> state, double start, double end, OdeSettings settings,
        ReadOnlySpan<double> outputTimes)
    {
        Check(shape, system, state);
        if (!double.IsFinite(start) || !double.IsFinite(end) || end < start)
            throw new ArgumentException($"Cannot integrate from {start} to {end}.", nameof(end));
        if (!(settings.Tolerance.Relative > 1e-14) || !(settings.Tolerance.AbsoluteScale > 0))
            throw new ArgumentException($"{settings.Tolerance} is not a valid tolerance.", nameof(settings));
        if (!(settings.InitialStep >= 0) || !(settings.LargestStep > 0) || settings.MaxSteps <= 0)
            throw new ArgumentException($"Step sizes and limits must be positive: {settings}.", nameof(settings));
        var before = start;
        foreach (var time in outputTimes)
        {
            if (!(time >= before && time <= end))
                throw new ArgumentException($"Output times must ascend from {start} to {end}; {time} does not fit.", nameof(outputTimes));
            before = time;
        }
    }

    public static void Check(BorderedShape shape, IOdeSystem system, ReadOnlySpan<double> state)
    {
        if (system.Shape != shape)
            throw new ArgumentException($"The solver is for {shape}, the problem is {system.Shape}.", nameof(system));
        if (state.Length != shape.States || system.Typical.Length != shape.States || state.Length == 0)
            throw new ArgumentException(
                $"{state.Length} values and {system.Typical.Length} typical sizes for {shape.States} states.", nameof(state));
        foreach (var size in system.Typical)
            if (!(size > 0 && double.IsFinite(size)))
                throw new ArgumentException($"Typical sizes must be positive; {size} is not.", nameof(system));
    }
}

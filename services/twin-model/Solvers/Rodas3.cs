namespace TwinModel.Solvers;

/// <summary>
/// RODAS3, a Rosenbrock method of order 3(2) with four stages: L-stable, stiffly accurate, three evaluations and one factorisation per
/// step, no Newton iteration. Best for scenarios at tolerances of 1e-3 to 1e-4. A. Sandu, J. G. Verwer, J. G. Blom, E. J. Spee, G. R.
/// Carmichael and F. A. Potra, Benchmarking stiff ODE solvers for atmospheric chemistry problems II: Rosenbrock solvers, Atmos. Environ. 31
/// (1997) 3459, doi:10.1016/S1352-2310(97)83212-8.
/// </summary>
public sealed class Rodas3(BorderedShape shape) : OneStepSolver(shape)
{
    const double Gamma = 0.5;

    readonly int n = shape.States;
    readonly double[] k1 = new double[shape.States], k2 = new double[shape.States], k3 = new double[shape.States];
    readonly double[] stage = new double[shape.States], slope = new double[shape.States], drift = new double[shape.States];
    readonly double[] smooth = new double[shape.States], nextSmooth = new double[shape.States];
    bool linearised, ahead;

    /// <inheritdoc/>
    public override string Name => "RODAS3";

    /// <inheritdoc/>
    public override int Order => 3;

    private protected override void Begin() => (linearised, ahead) = (false, false);

    private protected override double Try(double time, double step, double next)
    {
        if (!linearised) Linearise(time, step);
        if (!Factor(1 / (Gamma * step))) return double.PositiveInfinity;
        // The sums of gamma over the four stages are 1/2, 3/2, 0 and 0: the last two have no drift term.
        for (var i = 0; i < n; i++) k1[i] = Slope[i] + 0.5 * step * drift[i];
        Lu.Solve(k1);
        var rate = 1 / step;
        for (var i = 0; i < n; i++) k2[i] = Slope[i] + 4 * rate * k1[i] + 1.5 * step * drift[i];
        Lu.Solve(k2);
        for (var i = 0; i < n; i++) stage[i] = Current[i] + 2 * k1[i];
        Evaluate(next, stage, slope);
        var bad = Vectors.NotFinite(slope);
        if (bad >= 0) return Fail(SolverFailure.NotFinite, bad);
        for (var i = 0; i < n; i++) k3[i] = slope[i] + rate * (k1[i] - k2[i]);
        Lu.Solve(k3);
        for (var i = 0; i < n; i++) stage[i] += k3[i];
        Evaluate(next, stage, slope);
        bad = Vectors.NotFinite(slope);
        if (bad >= 0) return Fail(SolverFailure.NotFinite, bad);
        for (var i = 0; i < n; i++) Error[i] = slope[i] + rate * (k1[i] - k2[i] - 8.0 / 3 * k3[i]);
        Lu.Solve(Error);
        for (var i = 0; i < n; i++) Next[i] = stage[i] + Error[i];
        var error = Vectors.Norm(Error, System.Typical, Current, Next, Tolerance);
        if (!double.IsFinite(error)) return Fail(SolverFailure.NotFinite, Math.Max(0, Vectors.NotFinite(Next)));
        if (error > 1) return error;
        Evaluate(next, Next, NextSlope);
        bad = Vectors.NotFinite(NextSlope);
        if (bad >= 0) return Fail(SolverFailure.NotFinite, bad);
        linearised = false;
        return error;
    }

    private protected override double Adapted(double step, double error) =>
        step * Math.Min(5, Math.Max(0.2, 0.9 / Math.Cbrt(Math.Max(error, 1e-12))));

    // A stiff state that is off its slow manifold by a tolerance has a slope that is meaningless for the step. Damp slopes as the step
    // does: (1 - (1 - (1 - gamma h J)^-1)^4) f equals f up to O(h^4), and for stiff states is bounded by the distance to the slow manifold
    // over h.
    private protected override void Interpolate(double theta, double step, double next, bool first)
    {
        if (first)
        {
            Damp(Slope, smooth, step);
            // Slow slopes of stiff states depend on the local Jacobian, which the next step needs anyway.
            EvaluateJacobian(next, Next);
            ahead = true;
            if (Factor(1 / (Gamma * step))) Damp(NextSlope, nextSmooth, step);
            else NextSlope.CopyTo(nextSmooth.AsSpan());
        }
        Hermite(theta, step, smooth, nextSmooth);
    }

    void Damp(ReadOnlySpan<double> from, Span<double> damped, double step)
    {
        from.CopyTo(k2);
        for (var power = 0; power < 4; power++)
        {
            k2.CopyTo(k1.AsSpan());
            Lu.Solve(k1);
            for (var i = 0; i < n; i++) k2[i] -= k1[i] / (Gamma * step);
        }
        for (var i = 0; i < n; i++) damped[i] = from[i] - k2[i];
    }

    void Linearise(double time, double step)
    {
        if (!ahead) EvaluateJacobian(time, Current);
        (linearised, ahead) = (true, false);
        if (System.IsAutonomous)
        {
            Array.Clear(drift);
            return;
        }
        // Forward difference within the step; divides by the time increment as actually represented.
        var later = time + Math.Min(1.5e-8 * Math.Max(Math.Abs(time), step), step);
        Evaluate(later, Current, drift);
        for (var i = 0; i < n; i++) drift[i] = (drift[i] - Slope[i]) / (later - time);
    }
}

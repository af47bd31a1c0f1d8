namespace TwinModel.Solvers;

/// <summary>
/// TR-BDF2 of order 2 with an embedded third-order error estimate: a trapezoidal stage to <c>t + gamma h</c>, then BDF2, L-stable and
/// stiffly accurate. Both stages share one factorisation; Jacobian and factors are kept while Newton's iteration converges with them. Best
/// for long runs. R. E. Bank et al., IEEE Trans. Electron Devices 32 (1985) 1992, doi:10.1109/T-ED.1985.22232; M. E. Hosea and L. F.
/// Shampine, Appl. Numer. Math. 20 (1996) 21, doi:10.1016/0168-9274(95)00115-8.
/// </summary>
public sealed class TrBdf2(BorderedShape shape) : OneStepSolver(shape)
{
    const double Gamma = 0.58578643762690495; // 2 - sqrt 2
    const double D = Gamma / 2;
    const double W = 0.35355339059327376; // sqrt 2 / 4
    const double E1 = (1 - W) / 3, E2 = (3 * W + 1) / 3, E3 = D / 3;

    // Newton's iteration ends when its remaining error is this fraction of the tolerance.
    const double Kappa = 0.01;
    const int MaxIterations = 8;
    const int StepsPerJacobian = 20;

    readonly int n = shape.States;
    readonly double[] start = new double[shape.States], middle = new double[shape.States], middleSlope = new double[shape.States];
    readonly double[] residual = new double[shape.States];
    int age;
    bool fresh, slow;
    double factoredStep;

    /// <inheritdoc/>
    public override string Name => "TR-BDF2";

    /// <inheritdoc/>
    public override int Order => 2;

    private protected override void Begin() => (age, fresh, slow, factoredStep) = (StepsPerJacobian, false, false, 0);

    private protected override double Try(double time, double step, double next)
    {
        if (age >= StepsPerJacobian || slow) Linearise(time);
        while (!Solve(time, step, next))
        {
            if (fresh) return double.PositiveInfinity;
            Linearise(time);
        }
        for (var i = 0; i < n; i++)
        {
            NextSlope[i] = (Next[i] - start[i]) / (D * step);
            // The factors are those of the stages and include the division by d h.
            Error[i] = ((W - E1) * Slope[i] + (W - E2) * middleSlope[i] + (D - E3) * NextSlope[i]) / D;
        }
        Lu.Solve(Error);
        var error = Vectors.Norm(Error, System.Typical, Current, Next, Tolerance);
        if (!double.IsFinite(error)) return Fail(SolverFailure.NotFinite, Math.Max(0, Vectors.NotFinite(Error)));
        if (error <= 1) (age, fresh) = (age + 1, false);
        return error;
    }

    private protected override double Adapted(double step, double error)
    {
        var factor = Math.Min(5, Math.Max(0.1, 0.9 / Math.Cbrt(Math.Max(error, 1e-10))));
        // Small changes of the step size gain less than the factorisation they cost.
        return factor is >= 0.9 and <= 1.5 && error <= 1 ? step : step * factor;
    }

    private protected override void Interpolate(double theta, double step, double next, bool first) =>
        Hermite(theta, step, Slope, NextSlope);

    void Linearise(double time)
    {
        EvaluateJacobian(time, Current);
        (age, fresh, slow, factoredStep) = (0, true, false, 0);
    }

    bool Solve(double time, double step, double next)
    {
        if (Math.Abs(step - factoredStep) > 1e-10 * step)
        {
            factoredStep = 0;
            if (!Factor(1 / (D * step))) return false;
            factoredStep = step;
        }
        for (var i = 0; i < n; i++) (start[i], middle[i]) = (Current[i] + D * step * Slope[i], Current[i]);
        if (!Converge(time + Gamma * step, step, middle)) return false;
        for (var i = 0; i < n; i++)
        {
            middleSlope[i] = (middle[i] - start[i]) / (D * step);
            start[i] = Current[i] + step * W * (Slope[i] + middleSlope[i]);
            Next[i] = Current[i] + (middle[i] - Current[i]) / Gamma;
        }
        return Converge(next, step, Next);
    }

    // z = start + d h f(z) by simplified Newton iteration.
    bool Converge(double time, double step, Span<double> z)
    {
        var before = 0.0;
        for (var iteration = 1; iteration <= MaxIterations; iteration++)
        {
            Evaluate(time, z, residual);
            var bad = Vectors.NotFinite(residual);
            if (bad >= 0)
            {
                Fail(SolverFailure.NotFinite, bad);
                return false;
            }
            for (var i = 0; i < n; i++) residual[i] += (start[i] - z[i]) / (D * step);
            Lu.Solve(residual);
            NewtonIterations++;
            for (var i = 0; i < n; i++) z[i] += residual[i];
            var size = Vectors.Norm(residual, System.Typical, Current, z, Tolerance);
            if (!double.IsFinite(size))
            {
                Fail(SolverFailure.NotFinite, Math.Max(0, Vectors.NotFinite(residual)));
                return false;
            }
            var rate = iteration == 1 ? 0 : size / before;
            if (rate > 0.3) slow = true;
            if (size < Kappa || (iteration > 1 && rate < 1 && size * rate / (1 - Math.Min(rate, 0.9)) < Kappa)) return true;
            if (iteration > 2 && rate > 0.9) break;
            before = size;
        }
        residual.CopyTo(Error.AsSpan());
        Fail(SolverFailure.NewtonDiverged, Vectors.Worst(residual, System.Typical, Current));
        return false;
    }
}

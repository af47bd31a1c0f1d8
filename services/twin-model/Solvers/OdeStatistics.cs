namespace TwinModel.Solvers;

/// <summary>Statistics of a run. Can be added up over the runs between events.</summary>
/// <param name="Steps">Accepted steps.</param>
/// <param name="Rejected">Rejected steps.</param>
/// <param name="Derivatives">Evaluations of the right-hand side.</param>
/// <param name="Jacobians">Evaluations of the Jacobian.</param>
/// <param name="Factorisations">LU factorisations.</param>
/// <param name="NewtonIterations">Newton iterations; 0 for linearly implicit methods.</param>
/// <param name="SmallestStep">Smallest accepted step, s; 0 without steps.</param>
/// <param name="LargestStep">Largest accepted step, s.</param>
/// <param name="NextStep">The step size suggested by the error of the last step, s: a first step for a run that continues without an
/// event.</param>
public readonly record struct OdeStatistics(
    int Steps, int Rejected, int Derivatives, int Jacobians, int Factorisations, int NewtonIterations,
    double SmallestStep, double LargestStep, double NextStep)
{
    /// <summary>The statistics of two consecutive runs.</summary>
    public static OdeStatistics operator +(OdeStatistics first, OdeStatistics second) => new(
        first.Steps + second.Steps, first.Rejected + second.Rejected, first.Derivatives + second.Derivatives,
        first.Jacobians + second.Jacobians,
        first.Factorisations + second.Factorisations, first.NewtonIterations + second.NewtonIterations,
        first.Steps == 0 ? second.SmallestStep : second.Steps == 0 ? first.SmallestStep : Math.Min(first.SmallestStep, second.SmallestStep),
        Math.Max(first.LargestStep, second.LargestStep), second.Steps == 0 ? first.NextStep : second.NextStep);
}

namespace TwinModel.Solvers;

/// <summary>A linear system has no solution: a pivot is zero, or a number in the matrix is not finite.</summary>
/// <param name="unknown">Index of the unknown where it was found.</param>
public sealed class SingularMatrixException(int unknown) : Exception($"The matrix is singular or not finite at unknown {unknown}.")
{
    /// <summary>Index of the unknown where it was found.</summary>
    public int Unknown => unknown;
}

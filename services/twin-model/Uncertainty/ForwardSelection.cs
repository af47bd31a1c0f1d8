namespace TwinModel.Uncertainty;

/// <summary>The result of a term selection.</summary>
/// <param name="Terms">Selected columns, in order of selection.</param>
/// <param name="Coefficients">Their coefficients; the constant is left out.</param>
/// <param name="ResidualVariance">Unbiased variance of the residual.</param>
/// <param name="Explained">R².</param>
/// <param name="Predicted">Leave-one-out R² (Q²); may be negative.</param>
sealed record Selection(IReadOnlyList<int> Terms, double[] Coefficients, double ResidualVariance, double Explained, double Predicted);

/// <summary>
/// Least squares with terms selected one by one, always the one that reduces the residual most (orthogonal least squares: S. Chen, S. A.
/// Billings and W. Luo, Int. J. Control 50 (1989) 1873), keeping the number of terms with the smallest leave-one-out error.
/// </summary>
static class ForwardSelection
{
    // The error may rise for some terms before it falls again.
    const int Patience = 10;

    public static Selection Fit(IReadOnlyList<double[]> columns, double[] outputs)
    {
        var n = outputs.Length;
        var mean = outputs.Average();
        double[] residual = [.. outputs.Select(value => value - mean)], leverage = [.. Enumerable.Repeat(1.0 / n, n)];
        var whole = Dot(residual, residual);
        if (whole <= 1e-28 * n * mean * mean) return new([], [], 0, 1, 1);
        double[][] left = [.. columns.Select(column => Centred(column))];
        double[] sizes = [.. left.Select(column => Dot(column, column))];
        var (terms, basis, parts) = (new List<int>(), new List<double[]>(), new List<double>());
        var (best, bestError, bestRest) = (0, LeaveOneOut(residual, leverage), whole);
        var wholeError = bestError;
        while (terms.Count < Math.Min(columns.Count, n / 2) && terms.Count < best + Patience)
        {
            var (chosen, most) = (-1, 0.0);
            for (var c = 0; c < left.Length; c++)
            {
                var size = Dot(left[c], left[c]);
                // Only round-off is left of a column that is a combination of selected ones.
                if (terms.Contains(c) || size <= 1e-10 * sizes[c]) continue;
                var gain = Dot(left[c], residual) is var along ? along * along / size : 0;
                if (gain > most) (chosen, most) = (c, gain);
            }
            if (chosen < 0) break;
            var scale = 1 / Math.Sqrt(Dot(left[chosen], left[chosen]));
            double[] direction = [.. left[chosen].Select(value => value * scale)];
            var part = Dot(direction, residual);
            for (var i = 0; i < n; i++)
            {
                residual[i] -= part * direction[i];
                leverage[i] += direction[i] * direction[i];
            }
            foreach (var column in left)
            {
                var along = Dot(direction, column);
                for (var i = 0; i < n; i++) column[i] -= along * direction[i];
            }
            terms.Add(chosen);
            basis.Add(direction);
            parts.Add(part);
            var error = LeaveOneOut(residual, leverage);
            if (error < bestError) (best, bestError, bestRest) = (terms.Count, error, Dot(residual, residual));
        }
        terms.RemoveRange(best, terms.Count - best);
        return new(terms, Solve(columns, terms, basis, parts), bestRest / (n - 1 - best), 1 - bestRest / whole, 1 - bestError / wholeError);
    }

    // Converts components along the orthonormal directions back to coefficients of the columns.
    static double[] Solve(IReadOnlyList<double[]> columns, List<int> terms, List<double[]> basis, List<double> parts)
    {
        var coefficients = new double[terms.Count];
        for (var row = terms.Count - 1; row >= 0; row--)
        {
            var sum = parts[row];
            for (var t = row + 1; t < terms.Count; t++) sum -= Dot(basis[row], Centred(columns[terms[t]])) * coefficients[t];
            coefficients[row] = sum / Dot(basis[row], Centred(columns[terms[row]]));
        }
        return coefficients;
    }

    static double LeaveOneOut(double[] residual, double[] leverage)
    {
        var sum = 0.0;
        for (var i = 0; i < residual.Length; i++)
        {
            var error = residual[i] / Math.Max(1 - leverage[i], 1e-6);
            sum += error * error;
        }
        return sum;
    }

    static double[] Centred(double[] column)
    {
        var mean = column.Average();
        return [.. column.Select(value => value - mean)];
    }

    static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }
}

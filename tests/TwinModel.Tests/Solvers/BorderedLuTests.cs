using TwinModel.Solvers;

namespace TwinModel.Tests.Solvers;

public class BorderedLuTests
{
    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        { 600, 6, 3, 16, 1 }, { 600, 6, 3, 0, 0 }, { 150, 6, 3, 16, 1 }, { 40, 1, 1, 3, 2 }, { 40, 2, 0, 0, 1 }, { 40, 0, 4, 5, 0 },
        { 9, 0, 0, 2, 1 },
        { 3, 6, 3, 2, 0 }, { 1, 0, 0, 0, 0 }, { 0, 0, 0, 1, 0 }, { 0, 0, 0, 9, 2 }, { 0, 0, 0, 50, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_solution_equals_that_of_a_dense_elimination(int banded, int lower, int upper, int border, int auxiliaries)
    {
        var shape = new BorderedShape(banded, lower, upper, border, auxiliaries);
        var lu = new BorderedLu(shape);
        for (var seed = 0; seed < 5; seed++)
        {
            var (matrix, rhs) = (Filled(shape, seed), Numbers(shape.States, seed + 100));
            // The shift keeps the band block regular but not diagonally dominant, so that rows are interchanged.
            const double shift = 1.5;
            var expected = Dense(matrix, shift, rhs);
            lu.Factor(matrix, shift);
            lu.Solve(rhs);
            var scale = expected.Max(Math.Abs);
            for (var i = 0; i < rhs.Length; i++)
                Assert.True(Math.Abs(rhs[i] - expected[i]) < 1e-11 * scale, $"x[{i}] = {rhs[i]}, not {expected[i]}");
        }
    }

    [Fact]
    public void A_zero_diagonal_needs_and_gets_an_interchange_in_band_and_border()
    {
        var shape = new BorderedShape(4, 1, 1, 2, 0);
        var matrix = new BorderedMatrix(shape);
        foreach (var (row, column) in ((int, int)[])[(0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4)]) matrix.Set(row, column, -1);
        var lu = new BorderedLu(shape);
        lu.Factor(matrix, 0);
        double[] x = [1, 2, 3, 4, 5, 6];
        lu.Solve(x);
        Assert.Equal([2, 1, 4, 3, 6, 5], x);
    }

    [Theory]
    [InlineData(3, 0, 3)]
    [InlineData(0, 4, 2)]
    public void A_singular_matrix_is_reported_with_its_unknown(int banded, int border, int unknown)
    {
        var shape = new BorderedShape(banded + 1, 1, 1, border, 0);
        var matrix = new BorderedMatrix(shape);
        for (var i = 0; i < shape.Unknowns; i++) if (i != unknown) matrix.Set(i, i, 1);
        var lu = new BorderedLu(shape);
        Assert.False(lu.TryFactor(matrix, 0, out var found));
        Assert.Equal(unknown, found);
        Assert.Equal(unknown, Assert.Throws<SingularMatrixException>(() => lu.Factor(matrix, 0)).Unknown);
        Assert.Throws<InvalidOperationException>(() => lu.Solve(new double[shape.States]));
    }

    [Theory]
    [InlineData(2, 2, double.NaN)]
    [InlineData(1, 5, double.PositiveInfinity)]
    [InlineData(5, 0, double.NaN)]
    [InlineData(6, 6, double.NegativeInfinity)]
    public void An_entry_that_is_not_finite_is_reported_with_its_row(int row, int column, double value)
    {
        var shape = new BorderedShape(5, 1, 1, 1, 1);
        var matrix = Filled(shape, 1);
        matrix.Set(row, column, value);
        Assert.False(new BorderedLu(shape).TryFactor(matrix, 10, out var found));
        Assert.Equal(row, found);
    }

    [Fact]
    public void Factors_and_solutions_allocate_nothing_and_repeat_to_the_bit()
    {
        var shape = new BorderedShape(100, 6, 3, 16, 1);
        var (lu, matrix, first, second) = (new BorderedLu(shape), Filled(shape, 3), Numbers(shape.States, 4), new double[shape.States]);
        var asked = first.ToArray();
        lu.Factor(matrix, 2);
        lu.Solve(first);
        Assert.Equal(0, Allocations.Of(() =>
        {
            lu.TryFactor(matrix, 2, out _);
            asked.CopyTo(second, 0);
            lu.Solve(second);
        }));
        Assert.Equal(first, second);
    }

    static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }

    static BorderedMatrix Filled(BorderedShape shape, int seed)
    {
        var (matrix, random) = (new BorderedMatrix(shape), new Random(seed));
        for (var row = 0; row < shape.Unknowns; row++)
            for (var column = 0; column < shape.Unknowns; column++)
            {
                var inBand = row >= shape.Banded || column >= shape.Banded || (column >= row - shape.Lower && column <= row + shape.Upper);
                if (inBand && (row < shape.Banded || column >= shape.Banded || random.Next(4) == 0))
                    matrix.Set(row, column, random.NextDouble() - 0.5);
            }
        return matrix;
    }

    static double[] Dense(BorderedMatrix matrix, double shift, double[] rhs)
    {
        var shape = matrix.Shape;
        var n = shape.Unknowns;
        var a = new double[n][];
        for (var row = 0; row < n; row++)
        {
            a[row] = new double[n + 1];
            for (var column = 0; column < n; column++)
                if (row >= shape.Banded || column >= shape.Banded || (column >= row - shape.Lower && column <= row + shape.Upper))
                    a[row][column] = -matrix.Values[matrix.Slot(row, column)];
            a[row][row] += row < shape.States ? shift : 1;
            a[row][n] = row < shape.States ? rhs[row] : 0;
        }
        for (var k = 0; k < n; k++)
        {
            var pivot = Enumerable.Range(k, n - k).MaxBy(i => Math.Abs(a[i][k]));
            (a[k], a[pivot]) = (a[pivot], a[k]);
            for (var i = k + 1; i < n; i++)
            {
                var factor = a[i][k] / a[k][k];
                if (factor != 0) for (var j = k; j <= n; j++) a[i][j] -= factor * a[k][j];
            }
        }
        var x = new double[n];
        for (var i = n - 1; i >= 0; i--)
        {
            var sum = a[i][n];
            for (var j = i + 1; j < n; j++) sum -= a[i][j] * x[j];
            x[i] = sum / a[i][i];
        }
        return x[..shape.States];
    }
}

using System.Globalization;
using TwinModel.Physics.Equations;
using TwinModel.Solvers;

namespace TwinModel.Tests.Physics;

/// <summary>The right-hand side against the independent implementation, and its Jacobian against finite differences.</summary>
public class ExtruderEquationTests
{
    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    public void The_right_hand_side_is_the_references(int cells)
    {
        var file = Path.Combine(Extruder.Shared, "reference/cvode", $"n{cells}.txt");
        if (!File.Exists(file)) Assert.Skip($"The reference {file} is absent.");
        var lines = File.ReadAllLines(file);
        double[] Numbers(int line) =>
            [.. lines[line].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        var (state, typical, expected) = (Numbers(4), Numbers(6), Numbers(7));
        var extruder = new Extruder(cells);
        extruder.Set("screw-speed", 91.832332 / 60);
        // The reference turns the power law around 1 1/s; the model file rounds the consistency around 200 1/s.
        extruder.SetParameter("polymer.consistency", 12_000 * Math.Pow(200, 0.41 - 1) / 526.71241);
        var derivative = new double[state.Length];
        extruder.Run.Derivative(0, Ours(extruder, state), derivative);
        var mapped = Ours(extruder, expected);
        var scale = Ours(extruder, typical);
        var compared = 0;
        for (var i = 0; i < mapped.Length; i++)
        {
            // Near a steady state the terms of a rate cancel; a nearly vanishing rate has no relative accuracy in either program.
            var vanishes = Math.Abs(mapped[i]) < 1e-9 * scale[i];
            Assert.True(Math.Abs(derivative[i] - mapped[i]) <= (vanishes ? 1e-13 * scale[i] : 1e-10 * Math.Abs(mapped[i])),
                $"{extruder.Run.NameOf(i)}: {derivative[i]:R} against {mapped[i]:R}, {Math.Abs(derivative[i] / mapped[i] - 1):E1} apart; "
                    + $"typical {scale[i]}");
            if (!vanishes) compared++;
        }
        Assert.InRange(compared, cells / 2, mapped.Length);
    }

    [Theory]
    [InlineData(80, 0)]
    [InlineData(91.8, 0)]
    [InlineData(0, 0)]
    [InlineData(110, 25)]
    public void The_jacobian_agrees_with_central_differences(double speed, double disturbance)
    {
        var extruder = new Extruder(50).Settle(80);
        extruder.Set("screw-speed", speed / 60);
        var state = extruder.State;
        for (var i = 0; i < state.Length; i++) state[i] += disturbance / 100 * extruder.Run.Typical[i] * Math.Sin(1 + 7.3 * i);
        var (exact, differences) = (Dense(extruder, state), Differences(extruder, state));
        var shape = extruder.Model.Equations.Shape;
        for (var row = 0; row < shape.States; row++)
        {
            // Relative to the row's largest entry in common units: the column's typical size over the row's.
            var largest = Enumerable.Range(0, shape.States).Max(c => Math.Abs(exact[row, c]) * extruder.Run.Typical[c]);
            for (var column = 0; column < shape.States; column++)
            {
                var error = Math.Abs(exact[row, column] - differences[row, column]) * extruder.Run.Typical[column];
                Assert.True(error <= 1e-6 * largest,
                    $"d({extruder.Run.NameOf(row)})/d({extruder.Run.NameOf(column)}): {exact[row, column]} against "
                        + $"{differences[row, column]}");
            }
        }
    }

    [Fact]
    public void The_jacobian_has_its_true_sparsity()
    {
        var shape = new Extruder().Model.Equations.Shape;
        Assert.Equal(new BorderedShape(600, 6, 3, 16, 1), shape);
        Assert.InRange(new Extruder().Model.Equations.NonZeros, 3500, 4600);
    }

    static double[] Ours(Extruder extruder, double[] theirs)
    {
        var equations = extruder.Model.Equations;
        var cells = extruder.Model.Axis.Cells;
        var ours = new double[theirs.Length];
        string[] fields = ["barrel.temperature", "channel.enthalpy", "root.temperature"];
        for (var f = 0; f < fields.Length; f++)
        {
            for (var i = 0; i < cells; i++) ours[equations.Find(fields[f]) + i * equations.Stride] = theirs[3 * i + f];
        }
        string[] zoneStates = ["power", "measured-temperature", "integral"];
        for (var s = 0; s < 3; s++)
        {
            for (var z = 0; z < 5; z++) ours[equations.Find($"zone-{z + 1}-heater.{zoneStates[s]}")] = theirs[3 * cells + 5 * s + z];
        }
        ours[equations.Find("die.pressure")] = theirs[^1];
        return ours;
    }

    static double[,] Dense(Extruder extruder, double[] state)
    {
        var shape = extruder.Model.Equations.Shape;
        var matrix = new BorderedMatrix(shape);
        extruder.Run.Jacobian(0, state, matrix);
        var all = new double[shape.Unknowns, shape.Unknowns];
        for (var row = 0; row < shape.Unknowns; row++)
        {
            for (var column = 0; column < shape.Unknowns; column++)
            {
                if (row >= shape.Banded || column >= shape.Banded || column - row >= -shape.Lower && column - row <= shape.Upper)
                    all[row, column] = matrix.Values[matrix.Slot(row, column)];
            }
        }
        // Auxiliaries are eliminated: df/dx + df/dw dg/dx.
        var result = new double[shape.States, shape.States];
        for (var row = 0; row < shape.States; row++)
        {
            for (var column = 0; column < shape.States; column++)
            {
                result[row, column] = all[row, column];
                for (var w = shape.States; w < shape.Unknowns; w++) result[row, column] += all[row, w] * all[w, column];
            }
        }
        return result;
    }

    static double[,] Differences(Extruder extruder, double[] state)
    {
        var n = state.Length;
        var result = new double[n, n];
        var (up, down) = (new double[n], new double[n]);
        for (var column = 0; column < n; column++)
        {
            var keep = state[column];
            var step = 1e-6 * extruder.Run.Typical[column];
            state[column] = keep + step;
            extruder.Run.Derivative(0, state, up);
            state[column] = keep - step;
            extruder.Run.Derivative(0, state, down);
            state[column] = keep;
            for (var row = 0; row < n; row++) result[row, column] = (up[row] - down[row]) / (2 * step);
        }
        return result;
    }
}

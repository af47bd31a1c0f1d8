namespace TwinModel.Solvers;

/// <summary>A matrix with the entries that a <see cref="BorderedShape"/> allows.</summary>
public sealed class BorderedMatrix(BorderedShape shape)
{
    // Layout: rows of the band with Lower + 1 + Upper entries each, then the border's columns, then the border's rows.
    readonly int width = shape.Lower + 1 + shape.Upper;
    readonly int tail = shape.Border + shape.Auxiliaries;
    object? owner;

    /// <summary>The shape of the matrix.</summary>
    public BorderedShape Shape => shape;

    /// <summary>All entries; <see cref="Slot"/> gives their positions.</summary>
    public double[] Values { get; } = new double[
        shape.Banded * (shape.Lower + 1 + shape.Upper) + shape.Banded * (shape.Border + shape.Auxiliaries)
            + (shape.Border + shape.Auxiliaries) * shape.Unknowns];

    /// <summary>Index into <see cref="Values"/> of an entry.</summary>
    /// <exception cref="ArgumentException">The shape has no such entry.</exception>
    public int Slot(int row, int column)
    {
        if (row < 0 || row >= shape.Unknowns || column < 0 || column >= shape.Unknowns)
            throw new ArgumentException($"There is no entry ({row}, {column}) in {shape}.");
        if (row >= shape.Banded) return shape.Banded * (width + tail) + (row - shape.Banded) * shape.Unknowns + column;
        if (column >= shape.Banded) return shape.Banded * (width + column - shape.Banded) + row;
        var offset = column - row + shape.Lower;
        if (offset < 0 || offset >= width) throw new ArgumentException($"The entry ({row}, {column}) lies outside the band of {shape}.");
        return row * width + offset;
    }

    /// <summary>The band, row by row with <c>Lower + 1 + Upper</c> entries each.</summary>
    internal ReadOnlySpan<double> Band => Values.AsSpan(0, shape.Banded * width);

    /// <summary>A column of the border, next to the band.</summary>
    internal ReadOnlySpan<double> BorderColumn(int column) => Values.AsSpan(shape.Banded * (width + column), shape.Banded);

    /// <summary>A whole row of the border.</summary>
    internal ReadOnlySpan<double> BorderRow(int row) => Values.AsSpan(shape.Banded * (width + tail) + row * shape.Unknowns, shape.Unknowns);

    /// <summary>The row of an element of <see cref="Values"/>.</summary>
    internal int RowOf(int slot)
    {
        if (slot < shape.Banded * width) return slot / width;
        var behind = slot - shape.Banded * width;
        return behind < shape.Banded * tail ? behind % shape.Banded : shape.Banded + (behind - shape.Banded * tail) / shape.Unknowns;
    }

    /// <summary>
    /// Estimated round-off in <c>f</c>, as RMS over the rows of states: machine epsilon times <c>|J| |x|</c>, divided by the typical sizes.
    /// </summary>
    internal double RoundOff(ReadOnlySpan<double> state, ReadOnlySpan<double> typical)
    {
        var total = 0.0;
        for (var row = 0; row < shape.States; row++)
        {
            var sum = 0.0;
            if (row < shape.Banded)
            {
                var first = row - shape.Lower;
                for (var column = Math.Max(0, first); column <= Math.Min(shape.Banded - 1, row + shape.Upper); column++)
                    sum += Math.Abs(Values[row * width + column - first] * state[column]);
                for (var j = 0; j < shape.Border; j++) sum += Math.Abs(Values[shape.Banded * (width + j) + row] * state[shape.Banded + j]);
            }
            else
            {
                var entries = BorderRow(row - shape.Banded);
                for (var column = 0; column < shape.States; column++) sum += Math.Abs(entries[column] * state[column]);
            }
            total += sum / typical[row] * (sum / typical[row]);
        }
        return 2.220446049250313e-16 * Math.Sqrt(total / shape.States);
    }

    /// <summary>Sets all entries to zero.</summary>
    public void Clear()
    {
        Array.Clear(Values);
        owner = null;
    }

    /// <summary>
    /// Sets all entries to zero unless the previous filler was the same: a filler always writes all its entries and no others.
    /// </summary>
    internal void ClearFor(object filler)
    {
        if (owner == filler) return;
        Clear();
        owner = filler;
    }
}

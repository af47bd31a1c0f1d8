namespace TwinModel.Physics.Equations;

/// <summary>
/// Creates expressions and keeps each only once. Simplifies where that saves work at run time: zeros and ones vanish, constants are folded,
/// and factors that change rarely are multiplied with each other first.
/// </summary>
public sealed class Graph(Axis axis)
{
    readonly Dictionary<(Op, int, int, long, int, double[]?), Node> known = [];

    /// <summary>The axis of all fields.</summary>
    public Axis Axis => axis;

    /// <summary>A number.</summary>
    public Node Constant(double value) => Intern(Op.Constant, null, null, value, 0, null, false, 0, 0, Level.Constant);

    /// <summary>A field of fixed numbers.</summary>
    public Node Field(double[] values)
    {
        if (values.Length != axis.Cells)
            throw new ArgumentException($"A field has {axis.Cells} cells, not {values.Length}.", nameof(values));
        var first = Array.FindIndex(values, v => v != 0);
        return first < 0
            ? Constant(0)
            : Intern(Op.ConstantField, null, null, 0, 0, values, true, first, Array.FindLastIndex(values, v => v != 0) + 1, Level.Constant);
    }

    /// <summary>A field of fixed numbers, from the position of each cell's centre, m.</summary>
    public Node Field(Func<double, double> byPosition) =>
        Field([.. Enumerable.Range(0, axis.Cells).Select(i => byPosition(axis.Centre(i)))]);

    /// <summary>One in the cells [first, end), zero elsewhere.</summary>
    public Node Mask(int first, int end) => Field([.. Enumerable.Range(0, axis.Cells).Select(i => i >= first && i < end ? 1.0 : 0.0)]);

    internal Node Leaf(Op op, int index, bool isField) => Intern(op, null, null, 0, index, null, isField, 0, isField ? axis.Cells : 0,
        op switch { Op.Parameter => Level.Parameter, Op.Input => Level.Input, _ => Level.State });

    /// <summary>e^a.</summary>
    public Node Exp(Node a) => a.Op == Op.Constant ? Constant(Math.Exp(a.Value)) : Unary(Op.Exp, a);

    /// <summary>Natural logarithm.</summary>
    public Node Log(Node a) => a.Op == Op.Constant ? Constant(Math.Log(a.Value)) : Unary(Op.Log, a);

    /// <summary>Square root.</summary>
    public Node Sqrt(Node a) => a.Op == Op.Constant ? Constant(Math.Sqrt(a.Value)) : Unary(Op.Sqrt, a);

    /// <summary>a^b, a ≥ 0.</summary>
    public Node Power(Node a, Node b) => b.Is(1) ? a : b.Is(0) ? Constant(1) : Binary(Op.Power, a, b, full: true);

    /// <summary>The larger argument; its derivative is that of the larger one.</summary>
    public Node Max(Node a, Node b) =>
        a.Op == Op.Constant && b.Op == Op.Constant ? Constant(Math.Max(a.Value, b.Value)) : Binary(Op.Max, a, b, full: true);

    /// <summary>The larger argument.</summary>
    public Node Max(Node a, double b) => Max(a, Constant(b));

    /// <summary>The smaller argument; its derivative is that of the smaller one.</summary>
    public Node Min(Node a, Node b) =>
        a.Op == Op.Constant && b.Op == Op.Constant ? Constant(Math.Min(a.Value, b.Value)) : Binary(Op.Min, a, b, full: true);

    /// <summary><paramref name="a"/> limited to [low, high].</summary>
    public Node Clamp(Node a, double low, double high) => Min(Max(a, Constant(low)), Constant(high));

    /// <summary>1 where a &gt; b, else 0; its derivative is taken as zero.</summary>
    public Node Greater(Node a, Node b) => Binary(Op.Greater, a, b, full: true);

    /// <summary>(x + √(x² + width²)) / 2: the positive part of x with a rounded corner.</summary>
    public Node SmoothPositive(Node x, Node width) => 0.5 * (x + Sqrt(x * x + width * width));

    internal Node Negate(Node a) => a.Op switch { Op.Constant => Constant(-a.Value), Op.Negate => a.A!, _ => Unary(Op.Negate, a) };

    internal Node Add(Node a, Node b)
    {
        if (a.Op == Op.Constant && b.Op == Op.Constant) return Constant(a.Value + b.Value);
        if (a.IsZero && (b.IsField || !a.IsField)) return b;
        if (b.IsZero && (a.IsField || !b.IsField)) return a;
        return Binary(Op.Add, a, b, full: a.IsField != b.IsField);
    }

    internal Node Subtract(Node a, Node b)
    {
        if (a.Op == Op.Constant && b.Op == Op.Constant) return Constant(a.Value - b.Value);
        if (b.IsZero && (a.IsField || !b.IsField)) return a;
        if (a.IsZero && (b.IsField || !a.IsField)) return Negate(b);
        return Binary(Op.Subtract, a, b, full: a.IsField != b.IsField);
    }

    internal Node Multiply(Node a, Node b)
    {
        if (a.IsZero || b.IsZero) return Constant(0);
        if (a.Op == Op.Constant && b.Op == Op.Constant) return Constant(a.Value * b.Value);
        if (a.Is(1)) return b;
        if (b.Is(1)) return a;
        if (a.Is(-1)) return Negate(b);
        if (b.Is(-1)) return Negate(a);
        if (a.Level > b.Level || a.Level == b.Level && a.IsField && !b.IsField) (a, b) = (b, a);
        if (b.Op == Op.Multiply && b.A!.Level < b.Level && a.Level < b.Level) return Multiply(Multiply(a, b.A), b.B!);
        if (b.Op == Op.Negate) return Negate(Multiply(a, b.A!));
        return Binary(Op.Multiply, a, b, full: false);
    }

    internal Node Divide(Node a, Node b)
    {
        if (a.IsZero) return Constant(0);
        if (b.Op == Op.Constant) return a.Op == Op.Constant ? Constant(a.Value / b.Value) : Multiply(Constant(1 / b.Value), a);
        // Replaces a division per cell and step by a multiplication with a reciprocal that changes rarely.
        if (b.Level < a.Level) return Multiply(Divide(Constant(1), b), a);
        return Binary(Op.Divide, a, b, full: !a.IsField);
    }

    internal Node Shift(Node a, int cells)
    {
        if (cells == 0 || !a.IsField) return a;
        if (Math.Abs(cells) > FieldProgram.Padding)
            throw new ArgumentException($"A shift is at most {FieldProgram.Padding} cells, not {cells}.", nameof(cells));
        if (a.Op == Op.Shift) return Shift(a.A!, a.Index + cells);
        return Intern(Op.Shift, a, null, 0, cells, null, true, Math.Max(0, a.First - cells), Math.Min(axis.Cells, a.End - cells), a.Level);
    }

    internal Node Cell(Node a, int cell)
    {
        if (!a.IsField) return a;
        if (cell < 0 || cell >= axis.Cells) throw new ArgumentException($"There is no cell {cell} of {axis.Cells}.", nameof(cell));
        return cell < a.First || cell >= a.End ? Constant(0) : Intern(Op.Cell, a, null, 0, cell, null, false, 0, 0, a.Level);
    }

    internal Node Sum(Node a) => a.IsField ? Intern(Op.Sum, a, null, 0, 0, null, false, 0, 0, a.Level) : a * axis.Cells;

    Node Unary(Op op, Node a)
    {
        // exp(0) is one: outside its range the argument is zero, but the result is not.
        var keepsZero = op is Op.Negate or Op.Sqrt;
        return Intern(op, a, null, 0, 0, null, a.IsField, keepsZero ? a.First : 0, keepsZero || !a.IsField ? a.End : axis.Cells, a.Level);
    }

    Node Binary(Op op, Node a, Node b, bool full)
    {
        var isField = a.IsField || b.IsField;
        var (first, end) = (0, isField ? axis.Cells : 0);
        if (isField && !full)
        {
            (first, end) = (a.IsField, b.IsField, op) switch
            {
                (true, true, Op.Multiply) => (Math.Max(a.First, b.First), Math.Min(a.End, b.End)),
                (true, _, Op.Divide) => (a.First, a.End),
                (true, true, _) => (Math.Min(a.First, b.First), Math.Max(a.End, b.End)),
                (true, false, _) => (a.First, a.End),
                _ => (b.First, b.End),
            };
            if (first >= end) return Constant(0);
        }
        return Intern(op, a, b, 0, 0, null, isField, first, end, (Level)Math.Max((int)a.Level, (int)b.Level));
    }

    Node Intern(Op op, Node? a, Node? b, double value, int index, double[]? data, bool isField, int first, int end, Level level)
    {
        var key = (op, a?.Id ?? -1, b?.Id ?? -1, BitConverter.DoubleToInt64Bits(value), index, data);
        if (!known.TryGetValue(key, out var node))
            known[key] = node = new(this, known.Count, op, a, b, value, index, data, isField, first, end, level);
        return node;
    }
}

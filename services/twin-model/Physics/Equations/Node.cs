namespace TwinModel.Physics.Equations;

/// <summary>How a <see cref="Node"/> is computed.</summary>
enum Op
{
    Constant, ConstantField, Parameter, Input, State, Auxiliary,
    Add, Subtract, Multiply, Divide, Power, Max, Min, Greater,
    Negate, Exp, Log, Sqrt,
    Shift, Cell, Sum,
}

/// <summary>How often a value changes. Values that depend only on parameters are computed once per parameter set, not once per
/// step.</summary>
enum Level
{
    Constant,
    Parameter,
    Input,
    State,
}

/// <summary>A model's axis, divided into cells of equal length.</summary>
/// <param name="Length">Length, m.</param>
/// <param name="Cells">Number of cells, 3 or more.</param>
public sealed record Axis(double Length, int Cells)
{
    /// <summary>Of a model of lumps only, which needs none.</summary>
    public static Axis None { get; } = new(1, 20);

    /// <summary>Length of a cell, m.</summary>
    public double CellLength => Length / Cells;

    /// <summary>Position of the centre of a cell, m.</summary>
    public double Centre(int cell) => (cell + 0.5) * CellLength;

    /// <summary>
    /// The cell whose centre is at or before a position, and the share of the next one, for linear interpolation between centres.
    /// </summary>
    public (int Cell, double NextShare) Locate(double position)
    {
        var x = position / CellLength - 0.5;
        var cell = Math.Clamp((int)Math.Floor(x + 1e-12), 0, Cells - 2);
        return (cell, x - cell);
    }
}

/// <summary>
/// A value of a model as an expression: one number, or a field with one number per cell of the axis. Operators build expressions; nothing
/// is computed here. Equal expressions are the same object.
/// </summary>
public sealed class Node
{
    internal Node(Graph graph, int id, Op op, Node? a, Node? b, double value, int index, double[]? data, bool isField, int first, int end,
        Level level) =>
        (Graph, Id, Op, A, B, Value, Index, Data, IsField, First, End, Level) = (
            graph, id, op, a, b, value, index, data, isField, first, end, level);

    internal Graph Graph { get; }

    internal int Id { get; }

    internal Op Op { get; }

    internal Node? A { get; }

    internal Node? B { get; }

    internal double Value { get; }

    /// <summary>Index of the parameter, input, state or auxiliary; number of cells of a shift; the cell of a
    /// <see cref="Op.Cell"/>.</summary>
    internal int Index { get; }

    internal double[]? Data { get; }

    /// <summary>True: one number per cell.</summary>
    public bool IsField { get; }

    /// <summary>Outside [First, End) a field is zero and is not computed.</summary>
    internal int First { get; }

    internal int End { get; }

    internal Level Level { get; }

    internal bool Is(double value) => Op == Op.Constant && Value == value;

    internal bool IsZero => Is(0) || IsField && First >= End;

    /// <summary>a + b.</summary>
    public static Node operator +(Node a, Node b) => a.Graph.Add(a, b);

    /// <summary>a + b.</summary>
    public static Node operator +(Node a, double b) => a + a.Graph.Constant(b);

    /// <summary>a + b.</summary>
    public static Node operator +(double a, Node b) => b.Graph.Constant(a) + b;

    /// <summary>a − b.</summary>
    public static Node operator -(Node a, Node b) => a.Graph.Subtract(a, b);

    /// <summary>a − b.</summary>
    public static Node operator -(Node a, double b) => a - a.Graph.Constant(b);

    /// <summary>a − b.</summary>
    public static Node operator -(double a, Node b) => b.Graph.Constant(a) - b;

    /// <summary>−a.</summary>
    public static Node operator -(Node a) => a.Graph.Negate(a);

    /// <summary>a · b.</summary>
    public static Node operator *(Node a, Node b) => a.Graph.Multiply(a, b);

    /// <summary>a · b.</summary>
    public static Node operator *(double a, Node b) => b.Graph.Constant(a) * b;

    /// <summary>a · b.</summary>
    public static Node operator *(Node a, double b) => a.Graph.Constant(b) * a;

    /// <summary>a / b.</summary>
    public static Node operator /(Node a, Node b) => a.Graph.Divide(a, b);

    /// <summary>a / b.</summary>
    public static Node operator /(Node a, double b) => a / a.Graph.Constant(b);

    /// <summary>a / b.</summary>
    public static Node operator /(double a, Node b) => b.Graph.Constant(a) / b;

    /// <summary>
    /// The field whose cell i is this field's cell i + <paramref name="cells"/>; beyond the ends it is undefined, so mask the result.
    /// </summary>
    public Node Shift(int cells) => Graph.Shift(this, cells);

    /// <summary>This field's value in one cell.</summary>
    public Node Cell(int cell) => Graph.Cell(this, cell);

    /// <summary>This field at a position, m, interpolated linearly between cell centres.</summary>
    public Node At(double position)
    {
        var (cell, share) = Graph.Axis.Locate(position);
        return share == 0 ? Cell(cell) : Cell(cell) * (1 - share) + Cell(cell + 1) * share;
    }

    /// <summary>Sum over all cells.</summary>
    public Node Sum() => Graph.Sum(this);

    /// <summary>Integral along the axis.</summary>
    public Node Integral() => Sum() * Graph.Axis.CellLength;
}

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace TwinModel.Physics.Equations;

/// <summary>One operation on the memory: <c>Target = A op B</c>, for Count cells, or for one number when Count is 0.</summary>
readonly record struct Instruction(Op Op, int Target, int A, int B, int Count, bool IsFieldA, bool IsFieldB);

/// <summary>
/// Expressions laid out in memory and translated to whole-field operations, in sections by how often they change. Immutable; the memory
/// belongs to the caller. Fields are computed with the library's vector instructions, cell by cell in a fixed order, so the bits are always
/// the same.
/// </summary>
sealed class FieldProgram
{
    /// <summary>Zeros on both sides of each field, so that a shifted field is a view of the same memory.</summary>
    public const int Padding = 4;

    // Fields start on cache lines, the width of the widest vector instructions.
    const int Line = 8;

    readonly Dictionary<Node, int> places = [];
    readonly int cells;
    readonly double[] initial;

    /// <param name="cells">Number of cells of each field.</param>
    /// <param name="definitions">The definition of each auxiliary.</param>
    /// <param name="sections">Required expressions; every section may use the results of the first one.</param>
    public FieldProgram(int cells, IReadOnlyList<Node> definitions, params IReadOnlyList<Node>[] sections)
    {
        this.cells = cells;
        List<Node> order = [];
        HashSet<Node> seen = [];
        foreach (var root in sections.SelectMany(s => s)) Visit(root, definitions, seen, order);
        var size = 0;
        foreach (var node in order.Where(n => n.IsField && n.Op != Op.Shift))
        {
            places[node] = size + Line;
            size += Line + (cells + Padding + Line - 1) / Line * Line;
        }
        foreach (var node in order.Where(n => !n.IsField)) places[node] = size++;
        foreach (var node in order.Where(n => n.Op == Op.Shift)) places[node] = PlaceOfShifted(node);
        initial = new double[size];
        foreach (var node in order)
        {
            if (node.Op == Op.Constant) initial[places[node]] = node.Value;
            if (node.Op == Op.ConstantField) node.Data!.CopyTo(initial, places[node]);
        }
        Run(Translate(order, Level.Constant, definitions), initial);
        ByParameters = Translate(order, Level.Parameter, definitions);
        ByInputs = Translate(order, Level.Input, definitions);
        List<HashSet<Node>> reached = [];
        foreach (var section in sections)
        {
            HashSet<Node> nodes = [];
            foreach (var root in section) Visit(root, definitions, nodes, []);
            if (reached.Count > 0) nodes.ExceptWith(reached[0]);
            reached.Add(nodes);
        }
        ByState = [.. reached.Select(nodes => Translate(order.Where(nodes.Contains), Level.State, definitions))];
    }

    /// <summary>Run when parameters change, before <see cref="ByInputs"/>.</summary>
    public Instruction[] ByParameters { get; }

    /// <summary>Run when inputs change.</summary>
    public Instruction[] ByInputs { get; }

    /// <summary>Run for each state: one list per section, the first section before any other.</summary>
    public Instruction[][] ByState { get; }

    /// <summary>
    /// Memory with all constants in place. It begins <paramref name="offset"/> elements into the array, on a cache line; the array is
    /// pinned.
    /// </summary>
    public double[] NewMemory(out int offset)
    {
        var memory = GC.AllocateArray<double>(initial.Length + Line, pinned: true);
        offset = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0) / sizeof(double) & (Line - 1));
        initial.CopyTo(memory, offset);
        return memory;
    }

    /// <summary>Memory index of a value; -1 when nothing uses it.</summary>
    public int PlaceOf(Node node) => places.GetValueOrDefault(node, -1);

    int PlaceOfShifted(Node node) => places[node.A!] + node.Index;

    static void Visit(Node root, IReadOnlyList<Node> definitions, HashSet<Node> seen, List<Node> order)
    {
        Stack<(Node Node, bool Ready)> open = new([(root, false)]);
        while (open.TryPop(out var at))
        {
            if (at.Ready)
            {
                order.Add(at.Node);
                continue;
            }
            if (!seen.Add(at.Node)) continue;
            open.Push((at.Node, true));
            if (at.Node.B is { } b) open.Push((b, false));
            if (at.Node.A is { } a) open.Push((a, false));
            if (at.Node.Op == Op.Auxiliary) open.Push((definitions[at.Node.Index], false));
        }
    }

    Instruction[] Translate(IEnumerable<Node> order, Level level, IReadOnlyList<Node> definitions)
    {
        List<Instruction> instructions = [];
        foreach (var n in order.Where(n => n.Level == level))
        {
            if (n.Op is Op.Constant or Op.ConstantField or Op.Parameter or Op.Input or Op.State or Op.Shift) continue;
            if (n.Op == Op.Auxiliary)
            {
                instructions.Add(new(Op.Auxiliary, places[n], places[definitions[n.Index]], 0, 0, false, false));
                continue;
            }
            var a = n.A!;
            if (n.Op == Op.Cell) instructions.Add(new(Op.Cell, places[n], places[a] + n.Index, 0, 0, false, false));
            else if (n.Op == Op.Sum) instructions.Add(new(Op.Sum, places[n], places[a] + a.First, 0, a.End - a.First, true, false));
            else if (!n.IsField) instructions.Add(new(n.Op, places[n], places[a], n.B is null ? 0 : places[n.B], 0, false, false));
            else instructions.Add(
                new(n.Op, places[n] + n.First, Start(a, n), n.B is null ? 0 : Start(n.B, n), n.End - n.First, a.IsField,
                    n.B?.IsField == true));
        }
        return [.. instructions];
    }

    int Start(Node argument, Node of) => places[argument] + (argument.IsField ? of.First : 0);

    /// <summary>Runs a section.</summary>
    public static void Run(ReadOnlySpan<Instruction> instructions, Span<double> memory)
    {
        foreach (ref readonly var i in instructions)
        {
            if (i.Count == 0) memory[i.Target] = Scalar(i.Op, memory[i.A], memory[i.B]);
            else if (i.Op == Op.Sum) memory[i.Target] = TensorPrimitives.Sum<double>(memory.Slice(i.A, i.Count));
            else if (i.IsFieldA && i.IsFieldB)
                Fields(i.Op, memory.Slice(i.A, i.Count), memory.Slice(i.B, i.Count), memory.Slice(i.Target, i.Count));
            else if (i.IsFieldA) FieldAndScalar(i.Op, memory.Slice(i.A, i.Count), memory[i.B], memory.Slice(i.Target, i.Count));
            else ScalarAndField(i.Op, memory[i.A], memory.Slice(i.B, i.Count), memory.Slice(i.Target, i.Count));
        }
    }

    static double Scalar(Op op, double a, double b) => op switch
    {
        Op.Add => a + b,
        Op.Subtract => a - b,
        Op.Multiply => a * b,
        Op.Divide => a / b,
        Op.Power => Math.Pow(a, b),
        Op.Max => Math.Max(a, b),
        Op.Min => Math.Min(a, b),
        Op.Greater => a > b ? 1 : 0,
        Op.Negate => -a,
        Op.Exp => Math.Exp(a),
        Op.Log => Math.Log(a),
        Op.Sqrt => Math.Sqrt(a),
        Op.Cell or Op.Auxiliary => a,
        _ => throw new InvalidOperationException($"{op} cannot be run on numbers."),
    };

    static void Fields(Op op, ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> to)
    {
        switch (op)
        {
            case Op.Add: TensorPrimitives.Add(a, b, to); break;
            case Op.Subtract: TensorPrimitives.Subtract(a, b, to); break;
            case Op.Multiply: TensorPrimitives.Multiply(a, b, to); break;
            case Op.Divide: TensorPrimitives.Divide(a, b, to); break;
            case Op.Power: TensorPrimitives.Pow(a, b, to); break;
            case Op.Max: TensorPrimitives.Max(a, b, to); break;
            case Op.Min: TensorPrimitives.Min(a, b, to); break;
            case Op.Greater: for (var k = 0; k < to.Length; k++) to[k] = a[k] > b[k] ? 1 : 0; break;
            default: throw new InvalidOperationException($"{op} cannot be run on two fields.");
        }
    }

    static void FieldAndScalar(Op op, ReadOnlySpan<double> a, double b, Span<double> to)
    {
        switch (op)
        {
            case Op.Add: TensorPrimitives.Add(a, b, to); break;
            case Op.Subtract: TensorPrimitives.Subtract(a, b, to); break;
            case Op.Multiply: TensorPrimitives.Multiply(a, b, to); break;
            case Op.Divide: TensorPrimitives.Divide(a, b, to); break;
            case Op.Power: TensorPrimitives.Pow(a, b, to); break;
            case Op.Max: TensorPrimitives.Max(a, b, to); break;
            case Op.Min: TensorPrimitives.Min(a, b, to); break;
            case Op.Greater: for (var k = 0; k < to.Length; k++) to[k] = a[k] > b ? 1 : 0; break;
            case Op.Negate: TensorPrimitives.Negate(a, to); break;
            case Op.Exp: TensorPrimitives.Exp(a, to); break;
            case Op.Log: TensorPrimitives.Log(a, to); break;
            case Op.Sqrt: TensorPrimitives.Sqrt(a, to); break;
            default: throw new InvalidOperationException($"{op} cannot be run on a field.");
        }
    }

    static void ScalarAndField(Op op, double a, ReadOnlySpan<double> b, Span<double> to)
    {
        switch (op)
        {
            case Op.Subtract: TensorPrimitives.Subtract(a, b, to); break;
            case Op.Divide: TensorPrimitives.Divide(a, b, to); break;
            case Op.Power: TensorPrimitives.Pow(a, b, to); break;
            case Op.Greater: for (var k = 0; k < to.Length; k++) to[k] = a > b[k] ? 1 : 0; break;
            case Op.Add or Op.Multiply or Op.Max or Op.Min: FieldAndScalar(op, b, a, to); break;
            default: throw new InvalidOperationException($"{op} cannot be run on a number and a field.");
        }
    }
}

namespace TwinModel.Physics.Equations;

/// <summary>Kinds of variables to differentiate by.</summary>
enum VariableKind
{
    /// <summary>A scalar state.</summary>
    Scalar,

    /// <summary>An auxiliary.</summary>
    Auxiliary,

    /// <summary>The cell of a state field at a fixed distance from the row's own cell; for a sum, the row is each cell in turn.</summary>
    Neighbour,

    /// <summary>One cell of a state field.</summary>
    Cell,
}

/// <param name="Kind">Determines the meaning of <paramref name="Place"/>.</param>
/// <param name="Index">Index of the state or auxiliary.</param>
/// <param name="Place">Distance of a neighbour, or index of a cell; otherwise 0.</param>
readonly record struct Variable(VariableKind Kind, int Index, int Place);

/// <summary>
/// Symbolic forward derivatives of an expression by every variable that it depends on. Only entries that may be non-zero appear, so the
/// result is the Jacobian in its true sparsity; its coefficients are ordinary expressions that share common subexpressions.
/// </summary>
sealed class Derivatives(Graph graph)
{
    static readonly IReadOnlyDictionary<Variable, Node> None = new Dictionary<Variable, Node>();

    readonly Dictionary<Node, IReadOnlyDictionary<Variable, Node>> known = [];

    /// <summary>Partial derivatives of <paramref name="node"/>. States and auxiliaries are independent of each other.</summary>
    public IReadOnlyDictionary<Variable, Node> Of(Node node)
    {
        if (node.Level < Level.State) return None;
        if (!known.TryGetValue(node, out var result)) known[node] = result = Differentiate(node);
        return result;
    }

    IReadOnlyDictionary<Variable, Node> Differentiate(Node n)
    {
        var (a, b) = (n.A!, n.B!);
        switch (n.Op)
        {
            case Op.State: return Single(n.IsField ? new(VariableKind.Neighbour, n.Index, 0) : new(VariableKind.Scalar, n.Index, 0));
            case Op.Auxiliary: return Single(new(VariableKind.Auxiliary, n.Index, 0));
            case Op.Add: return Combine(n, (a, graph.Constant(1)), (b, graph.Constant(1)));
            case Op.Subtract: return Combine(n, (a, graph.Constant(1)), (b, graph.Constant(-1)));
            case Op.Multiply: return Combine(n, (a, b), (b, a));
            case Op.Divide: return Combine(n, (a, 1 / b), (b, -n / b));
            case Op.Power: return Combine(n, (a, b * graph.Power(a, b - 1)), (b, graph.Log(a) * n));
            case Op.Max: return Combine(n, (a, graph.Greater(a, b)), (b, 1 - graph.Greater(a, b)));
            case Op.Min: return Combine(n, (a, graph.Greater(b, a)), (b, 1 - graph.Greater(b, a)));
            case Op.Greater: return None;
            case Op.Negate: return Combine(n, (a, graph.Constant(-1)));
            case Op.Exp: return Combine(n, (a, n));
            case Op.Log: return Combine(n, (a, 1 / a));
            case Op.Sqrt: return Combine(n, (a, 0.5 / n));
            case Op.Shift: return Shifted(n);
            case Op.Cell: return InCell(n);
            case Op.Sum: return Summed(n);
            default: throw new InvalidOperationException($"{n.Op} has no derivative.");
        }
    }

    Dictionary<Variable, Node> Single(Variable variable) => new() { [variable] = graph.Constant(1) };

    Dictionary<Variable, Node> Combine(Node n, params ReadOnlySpan<(Node Argument, Node Factor)> parts)
    {
        Dictionary<Variable, Node> result = [];
        foreach (var (argument, factor) in parts)
        {
            foreach (var (variable, coefficient) in Of(argument))
            {
                if (n.IsField && !argument.IsField && variable.Kind is VariableKind.Cell or VariableKind.Neighbour)
                {
                    throw new InvalidOperationException(
                        "A field depends through a single value on cells of a field, which would fill the Jacobian; make that value an "
                            + "auxiliary (EquationSystem.Define).");
                }
                Accumulate(result, variable, factor * coefficient);
            }
        }
        return result;
    }

    static void Accumulate(Dictionary<Variable, Node> sums, Variable variable, Node term)
    {
        if (term.IsZero) return;
        sums[variable] = sums.TryGetValue(variable, out var sum) ? sum + term : term;
    }

    Dictionary<Variable, Node> Shifted(Node n)
    {
        Dictionary<Variable, Node> result = [];
        foreach (var (variable, coefficient) in Of(n.A!))
        {
            var moved = variable.Kind == VariableKind.Neighbour ? variable with { Place = variable.Place + n.Index } : variable;
            Accumulate(result, moved, coefficient.Shift(n.Index));
        }
        return result;
    }

    Dictionary<Variable, Node> InCell(Node n)
    {
        Dictionary<Variable, Node> result = [];
        foreach (var (variable, coefficient) in Of(n.A!))
        {
            var there = variable.Kind == VariableKind.Neighbour
                ? new Variable(VariableKind.Cell, variable.Index, n.Index + variable.Place)
                : variable;
            Accumulate(result, there, coefficient.Cell(n.Index));
        }
        return result;
    }

    // Neighbours stay fields: the row of a sum has an entry for each cell.
    Dictionary<Variable, Node> Summed(Node n)
    {
        Dictionary<Variable, Node> result = [];
        foreach (var (variable, coefficient) in Of(n.A!))
        {
            var term = variable.Kind == VariableKind.Neighbour
                ? Spread(coefficient, n.A!)
                : coefficient.IsField ? coefficient.Sum() : coefficient * (n.A!.End - n.A.First);
            Accumulate(result, variable, term);
        }
        return result;
    }

    Node Spread(Node coefficient, Node summed) => coefficient.IsField ? coefficient : coefficient * graph.Mask(summed.First, summed.End);
}

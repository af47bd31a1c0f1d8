using TwinModel.Solvers;

namespace TwinModel.Physics.Equations;

/// <summary>The Jacobian entries that one coefficient fills.</summary>
/// <param name="Place">Memory index of the coefficient; those of the following cells are behind it when <paramref name="IsField"/>.</param>
/// <param name="IsField">True: one number per entry; false: one number for all.</param>
/// <param name="Slots">The entries.</param>
/// <param name="Adds">True: adds to an earlier scatter; false: overwrites.</param>
readonly record struct Scatter(int Place, bool IsField, int[] Slots, bool Adds = false);

/// <summary>
/// Equations ready to run: layout of states, Jacobian in its true sparsity, programs. Immutable and shared; each thread has its own
/// <see cref="EquationRun"/>. States are stored cell by cell (all fields of cell 0, then of cell 1, …), followed by the scalars.
/// </summary>
public sealed class CompiledEquations
{
    /// <param name="system">Complete equations.</param>
    /// <param name="withEnergy">Adds the state <c>energy.in</c>, the integral of all power across the system boundary, to verify the energy
    /// balance of a run.</param>
    public CompiledEquations(EquationSystem system, bool withEnergy = false)
    {
        System = system;
        Cells = system.Axis.Cells;
        Fields = system.Fields;
        Scalars = [.. system.Scalars];
        var graph = system.Graph;
        NetFlow = system.Flows.Aggregate(graph.Constant(0), (sum, flow) => sum + flow.Power);
        GrossFlow = system.Flows.Aggregate(graph.Constant(0), (sum, flow) => sum + graph.Max(flow.Power, 0));
        Stored = system.Storages.Aggregate(graph.Constant(0), (sum, energy) => sum + energy);
        if (withEnergy) Scalars.Add(new("energy.in", graph.Leaf(Op.State, -1 - Scalars.Count, isField: false), 1e8) { Rate = NetFlow });
        foreach (var state in Fields.Concat(Scalars).Where(s => s.Rate is null))
            throw new InvalidOperationException($"The state '{state.Name}' has no rate.");

        Definitions = system.Definitions;
        var derivatives = new Derivatives(graph);
        var rows = Fields.Concat(Scalars).Select(s => derivatives.Of(s.Rate!)).Concat(Definitions.Select(derivatives.Of)).ToList();
        var banded = Fields.Count * Cells;
        var reach = rows.Take(Fields.Count)
            .SelectMany((row, f) => row.Keys.Where(k => k.Kind == VariableKind.Neighbour).Select(k => k.Place * Fields.Count + k.Index - f))
                .Append(0).ToList();
        Shape = new(banded, -reach.Min(), reach.Max(), Scalars.Count, Definitions.Count);
        Typical = [.. Enumerable.Range(0, banded).Select(i => Fields[i % Fields.Count].Typical), .. Scalars.Select(s => s.Typical)];

        var rates = Fields.Concat(Scalars).Select(s => s.Rate!).Concat(Definitions).ToList();
        var outputs = system.Outputs.Select(o => o.Value).Concat(system.Flows.Select(f => f.Power)).Append(NetFlow).Append(GrossFlow)
            .Append(Stored).ToList();
        Program = new FieldProgram(Cells, Definitions, rates, [.. rows.SelectMany(r => r.Values)], outputs);
        var matrix = new BorderedMatrix(Shape);
        (Scatters, AddedFirst) = InOrder(rows.SelectMany((row, i) => row.Select(entry => Entries(matrix, i, entry.Key, entry.Value))));
        Outputs = system.Outputs;
        FlowNames = [.. system.Flows.Select(f => f.Name)];
    }

    internal EquationSystem System { get; }

    internal int Cells { get; }

    internal List<State> Fields { get; }

    internal List<State> Scalars { get; }

    internal IReadOnlyList<Node> Definitions { get; }

    internal FieldProgram Program { get; }

    internal Scatter[] Scatters { get; }

    /// <summary>Entries that only adding scatters write to; they must be zeroed first.</summary>
    internal int[] AddedFirst { get; }

    internal Node NetFlow { get; }

    internal Node GrossFlow { get; }

    internal Node Stored { get; }

    internal double[] Typical { get; }

    /// <summary>Layout of states and Jacobian.</summary>
    public BorderedShape Shape { get; }

    /// <summary>Everything that can be read after an evaluation.</summary>
    public IReadOnlyList<Output> Outputs { get; }

    /// <summary>Names of the powers across the system boundary.</summary>
    public IReadOnlyList<string> FlowNames { get; }

    /// <summary>Names of the parameters, by number.</summary>
    public IReadOnlyList<string> Parameters => System.Parameters;

    /// <summary>Names of the inputs, by number.</summary>
    public IReadOnlyList<string> Inputs => System.Inputs;

    /// <summary>Number of non-zero entries of the Jacobian.</summary>
    public int NonZeros => Scatters.SelectMany(s => s.Slots).Distinct().Count();

    /// <summary>Name of a state: <c>barrel.temperature[17]</c> or <c>die.pressure</c>.</summary>
    public string NameOf(int state) =>
        state < Shape.Banded ? $"{Fields[state % Fields.Count].Name}[{state / Fields.Count}]" : Scalars[state - Shape.Banded].Name;

    /// <summary>Index of a state by name, of the first cell for a field; -1 when there is none.</summary>
    public int Find(string name)
    {
        var field = Fields.FindIndex(f => f.Name == name);
        var scalar = Scalars.FindIndex(s => s.Name == name);
        return field >= 0 ? field : scalar >= 0 ? Shape.Banded + scalar : -1;
    }

    /// <summary>Distance from one cell of a field to the next.</summary>
    public int Stride => Fields.Count;

    // Whole fields first: they can overwrite where single cells would have to add.
    static (Scatter[] Scatters, int[] AddedFirst) InOrder(IEnumerable<Scatter> scatters)
    {
        HashSet<int> filled = [];
        List<Scatter> order = [];
        List<int> addedFirst = [];
        foreach (var scatter in scatters.OrderByDescending(s => s.Slots.Length))
        {
            var adds = scatter.Slots.Any(filled.Contains);
            if (adds) addedFirst.AddRange(scatter.Slots.Where(slot => !filled.Contains(slot)));
            filled.UnionWith(scatter.Slots);
            order.Add(scatter with { Adds = adds });
        }
        return ([.. order], [.. addedFirst]);
    }

    Scatter Entries(BorderedMatrix matrix, int equation, Variable variable, Node coefficient)
    {
        var isFieldRow = equation < Fields.Count;
        var scalarRow = Shape.Banded + equation - Fields.Count;
        var place = Program.PlaceOf(coefficient);
        if (isFieldRow || variable.Kind == VariableKind.Neighbour)
        {
            var (first, end) = coefficient.IsField ? (coefficient.First, coefficient.End) : (0, Cells);
            if (variable.Kind == VariableKind.Neighbour)
                (first, end) = (Math.Max(first, -variable.Place), Math.Min(end, Cells - variable.Place));
            var slots = Enumerable.Range(first, Math.Max(0, end - first))
                .Select(i => matrix.Slot(isFieldRow ? i * Fields.Count + equation : scalarRow, Column(variable, i))).ToArray();
            return new(place + (coefficient.IsField ? first : 0), coefficient.IsField, slots);
        }
        return new(place, false, [matrix.Slot(scalarRow, Column(variable, 0))]);
    }

    int Column(Variable variable, int cell) => variable.Kind switch
    {
        VariableKind.Neighbour => (cell + variable.Place) * Fields.Count + variable.Index,
        VariableKind.Cell => variable.Place * Fields.Count + variable.Index,
        VariableKind.Scalar => Shape.Banded - 1 - variable.Index,
        _ => Shape.States + variable.Index,
    };
}

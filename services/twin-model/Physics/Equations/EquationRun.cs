using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TwinModel.Solvers;

namespace TwinModel.Physics.Equations;

/// <summary>Compiled equations with values of parameters and inputs, for one thread.</summary>
public sealed class EquationRun : IOdeSystem
{
    readonly CompiledEquations equations;
    readonly double[] store;
    readonly int offset;
    readonly double[] inputs;
    readonly double[] slopes;
    readonly double[] last;
    readonly int[] parameterPlaces;
    readonly int[] inputPlaces;
    readonly int[] fieldPlaces;
    readonly int[] scalarPlaces;
    readonly int[] fieldRates;
    readonly int[] scalarRates;
    double startOfInputs;
    double timeOfInputs = double.NaN;
    bool isLastKnown;

    /// <param name="equations">The equations to run.</param>
    public EquationRun(CompiledEquations equations)
    {
        this.equations = equations;
        store = equations.Program.NewMemory(out offset);
        inputs = new double[equations.Inputs.Count];
        slopes = new double[inputs.Length];
        last = new double[equations.Shape.States];
        int Place(Node node) => equations.Program.PlaceOf(node);
        var graph = equations.System.Graph;
        parameterPlaces = [.. equations.Parameters.Select((_, i) => Place(graph.Leaf(Op.Parameter, i, false)))];
        inputPlaces = [.. inputs.Select((_, i) => Place(graph.Leaf(Op.Input, i, false)))];
        fieldPlaces = [.. equations.Fields.Select(f => Place(f.Value))];
        scalarPlaces = [.. equations.Scalars.Select(s => Place(s.Value))];
        fieldRates = [.. equations.Fields.Select(f => f.Rate!.IsField ? Place(f.Rate) : -1)];
        scalarRates = [.. equations.Scalars.Select(s => Place(s.Rate!))];
    }

    Span<double> Memory => store.AsSpan(offset);

    /// <summary>The equations.</summary>
    public CompiledEquations Equations => equations;

    /// <inheritdoc />
    public BorderedShape Shape => equations.Shape;

    /// <inheritdoc />
    public ReadOnlySpan<double> Typical => equations.Typical;

    /// <inheritdoc />
    public bool IsAutonomous { get; private set; } = true;

    /// <inheritdoc />
    public string NameOf(int state) => equations.NameOf(state);

    /// <summary>Sets all parameters, in the order of <see cref="CompiledEquations.Parameters"/>.</summary>
    public void SetParameters(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < parameterPlaces.Length; i++)
        {
            if (parameterPlaces[i] >= 0) Memory[parameterPlaces[i]] = values[i];
        }
        FieldProgram.Run(equations.Program.ByParameters, Memory);
        timeOfInputs = double.NaN;
        isLastKnown = false;
    }

    /// <summary>Sets all inputs to <c>value + slope · (t − start)</c>; without slopes, to constants.</summary>
    public void SetInputs(ReadOnlySpan<double> values, ReadOnlySpan<double> perSecond = default, double start = 0)
    {
        values.CopyTo(inputs);
        slopes.AsSpan().Clear();
        perSecond.CopyTo(slopes);
        startOfInputs = start;
        IsAutonomous = slopes.AsSpan().IndexOfAnyExcept(0) < 0;
        timeOfInputs = double.NaN;
        isLastKnown = false;
    }

    /// <inheritdoc />
    public void Derivative(double time, ReadOnlySpan<double> state, Span<double> derivative)
    {
        Evaluate(time, state);
        var memory = Memory;
        var fields = fieldPlaces.Length;
        for (var f = 0; f < fields; f++)
        {
            var rate = memory.Slice(fieldRates[f], equations.Cells);
            ref var to = ref derivative[..equations.Shape.Banded][f];
            for (int i = 0, k = 0; i < rate.Length; i++, k += fields) Unsafe.Add(ref to, k) = rate[i];
        }
        for (var s = 0; s < scalarRates.Length; s++) derivative[equations.Shape.Banded + s] = memory[scalarRates[s]];
    }

    /// <inheritdoc />
    public void Jacobian(double time, ReadOnlySpan<double> state, BorderedMatrix jacobian)
    {
        Evaluate(time, state);
        var memory = Memory;
        FieldProgram.Run(equations.Program.ByState[1], memory);
        jacobian.ClearFor(equations);
        ref var values = ref MemoryMarshal.GetArrayDataReference(jacobian.Values);
        foreach (var slot in equations.AddedFirst) Unsafe.Add(ref values, slot) = 0;
        foreach (ref readonly var scatter in equations.Scatters.AsSpan())
        {
            var slots = scatter.Slots.AsSpan();
            ref var from = ref memory[scatter.Place];
            var next = scatter.IsField ? 1 : 0;
            if (scatter.Adds)
                for (int i = 0, k = 0; i < slots.Length; i++, k += next) Unsafe.Add(ref values, slots[i]) += Unsafe.Add(ref from, k);
            // + 0.0 turns minus zero into zero, because the solvers detect zeros by their bits.
            else for (int i = 0, k = 0; i < slots.Length; i++, k += next) Unsafe.Add(ref values, slots[i]) = Unsafe.Add(ref from, k) + 0.0;
        }
    }

    /// <summary>Computes all outputs and energy flows for a state, so that they can be read.</summary>
    public void EvaluateOutputs(double time, ReadOnlySpan<double> state)
    {
        Evaluate(time, state);
        FieldProgram.Run(equations.Program.ByState[2], Memory);
    }

    /// <summary>A scalar output, after <see cref="EvaluateOutputs"/>.</summary>
    public double Value(int output) => Read(equations.Outputs[output].Value);

    /// <summary>A profile output with one number per cell, after <see cref="EvaluateOutputs"/>.</summary>
    public ReadOnlySpan<double> Profile(int output) =>
        Memory.Slice(equations.Program.PlaceOf(equations.Outputs[output].Value), equations.Cells);

    /// <summary>A power across the system boundary, W, after <see cref="EvaluateOutputs"/>.</summary>
    public double Flow(int flow) => Read(equations.System.Flows[flow].Power);

    /// <summary>All power that enters minus all that leaves, W, after <see cref="EvaluateOutputs"/>.</summary>
    public double NetFlow => Read(equations.NetFlow);

    /// <summary>All power that enters, W, after <see cref="EvaluateOutputs"/>: the scale of <see cref="NetFlow"/>.</summary>
    public double GrossFlow => Read(equations.GrossFlow);

    /// <summary>Energy stored in all components, J, up to a constant, after <see cref="EvaluateOutputs"/>.</summary>
    public double StoredEnergy => Read(equations.Stored);

    double Read(Node node) => Memory[equations.Program.PlaceOf(node)];

    void Evaluate(double time, ReadOnlySpan<double> state)
    {
        SetInputsAt(time);
        // Compared as integers, which is vectorised.
        if (isLastKnown && MemoryMarshal.Cast<double, long>(state).SequenceEqual(MemoryMarshal.Cast<double, long>(last))) return;
        state.CopyTo(last);
        isLastKnown = true;
        var memory = Memory;
        var fields = fieldPlaces.Length;
        for (var f = 0; f < fields; f++)
        {
            if (fieldPlaces[f] < 0) continue;
            var to = memory.Slice(fieldPlaces[f], equations.Cells);
            ref var from = ref MemoryMarshal.GetReference(state[f..equations.Shape.Banded]);
            for (int i = 0, k = 0; i < to.Length; i++, k += fields) to[i] = Unsafe.Add(ref from, k);
        }
        for (var s = 0; s < scalarPlaces.Length; s++)
        {
            if (scalarPlaces[s] >= 0) memory[scalarPlaces[s]] = state[equations.Shape.Banded + s];
        }
        FieldProgram.Run(equations.Program.ByState[0], memory);
    }

    void SetInputsAt(double time)
    {
        if (timeOfInputs == time || IsAutonomous && !double.IsNaN(timeOfInputs)) return;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputPlaces[i] >= 0) Memory[inputPlaces[i]] = inputs[i] + slopes[i] * (time - startOfInputs);
        }
        FieldProgram.Run(equations.Program.ByInputs, Memory);
        timeOfInputs = time;
        isLastKnown = false;
    }
}

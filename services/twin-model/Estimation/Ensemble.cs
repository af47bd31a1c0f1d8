namespace TwinModel.Estimation;

/// <summary>The numbers of all members of an ensemble: one row per variable, one column per member.</summary>
/// <param name="variables">Number of rows.</param>
/// <param name="members">Number of columns.</param>
public sealed class Ensemble(int variables, int members)
{
    readonly double[] values = new double[variables * members];

    /// <summary>Number of rows.</summary>
    public int Variables => variables;

    /// <summary>Number of columns.</summary>
    public int Members => members;

    /// <summary>A variable, member by member.</summary>
    public Span<double> this[int variable] => values.AsSpan(variable * members, members);

    /// <summary>Mean and standard deviation of a variable.</summary>
    public Estimate Of(int variable) => Moments.Of(this[variable]);

    /// <summary>Copies the first variables of a member.</summary>
    public void CopyFrom(int member, Span<double> to)
    {
        for (int i = 0, at = member; i < to.Length; i++, at += members) to[i] = values[at];
    }

    /// <summary>Sets the first variables of a member.</summary>
    public void CopyTo(int member, ReadOnlySpan<double> from)
    {
        for (int i = 0, at = member; i < from.Length; i++, at += members) values[at] = from[i];
    }

    /// <summary>Replaces a member by a copy of another.</summary>
    public void Replace(int member, int by)
    {
        for (var at = 0; at < values.Length; at += members) values[at + member] = values[at + by];
    }

    internal void Write(BinaryWriter to)
    {
        foreach (var value in values) to.Write(value);
    }

    internal void Read(BinaryReader from)
    {
        for (var i = 0; i < values.Length; i++) values[i] = from.ReadDouble();
    }
}

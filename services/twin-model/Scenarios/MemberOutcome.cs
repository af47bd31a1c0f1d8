using TwinModel.Solvers;

namespace TwinModel.Scenarios;

/// <summary>The result of one member; numbers in units of calculation.</summary>
sealed class MemberOutcome
{
    /// <summary>0 is the nominal member, then the ensemble, then the points of the sweep.</summary>
    public required int Member { get; init; }

    /// <summary>Why the member failed; null when it succeeded.</summary>
    public string? Failure { get; init; }

    /// <summary>Signal values, by time, then signal.</summary>
    public double[] Baseline { get; init; } = [];

    public double[] Scenario { get; init; } = [];

    /// <summary>Profiles at the end of the run, by profile, then cell.</summary>
    public double[] BaselineProfiles { get; init; } = [];

    public double[] ScenarioProfiles { get; init; } = [];

    /// <summary>Values of solved inputs.</summary>
    public double[] Solved { get; init; } = [];

    /// <summary>Smallest and largest value of every input of the scenario.</summary>
    public double[] Reached { get; init; } = [];

    public OdeStatistics Steps { get; init; }

    public double EnergyError { get; init; }

    public void Write(BinaryWriter to)
    {
        to.Write(Member);
        to.Write(Failure ?? "");
        foreach (var values in new[] { Baseline, Scenario, BaselineProfiles, ScenarioProfiles, Solved, Reached })
        {
            to.Write(values.Length);
            foreach (var value in values) to.Write(value);
        }
        foreach (var count in new[] { Steps.Steps, Steps.Rejected, Steps.Derivatives, Steps.Jacobians, Steps.Factorisations })
            to.Write(count);
        to.Write(EnergyError);
    }

    public static MemberOutcome Read(BinaryReader from)
    {
        double[] Numbers()
        {
            var values = new double[from.ReadInt32()];
            for (var i = 0; i < values.Length; i++) values[i] = from.ReadDouble();
            return values;
        }
        var member = from.ReadInt32();
        var failure = from.ReadString();
        return new()
        {
            Member = member,
            Failure = failure.Length == 0 ? null : failure,
            Baseline = Numbers(),
            Scenario = Numbers(),
            BaselineProfiles = Numbers(),
            ScenarioProfiles = Numbers(),
            Solved = Numbers(),
            Reached = Numbers(),
            Steps = new OdeStatistics
            {
                Steps = from.ReadInt32(),
                Rejected = from.ReadInt32(),
                Derivatives = from.ReadInt32(),
                Jacobians = from.ReadInt32(),
                Factorisations = from.ReadInt32(),
            },
            EnergyError = from.ReadDouble(),
        };
    }
}

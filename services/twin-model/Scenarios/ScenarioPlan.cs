using Contracts.Scenarios;
using TwinModel.Assets;
using TwinModel.Estimation;

namespace TwinModel.Scenarios;

/// <summary>
/// A scenario ready to be computed in shards. Shards depend only on the definition, each member's result is independent of its shard, and
/// shards are merged in order: the same bytes for any number of workers. Cost: members x (baseline + scenario) x (steady ≈ 10
/// factorisations; transient ≈ 25 steps per abrupt change), each linear in the number of cells.
/// </summary>
public sealed class ScenarioPlan
{
    const int MembersPerShard = 25;

    readonly AssetModel model;
    readonly RecordedInputs inputs;
    readonly ScenarioSetup setup;

    /// <param name="model">Model with physics.</param>
    /// <param name="definition">The question.</param>
    /// <param name="inputs">The recorded inputs.</param>
    /// <exception cref="InvalidScenarioException">It cannot be run.</exception>
    public ScenarioPlan(AssetModel model, ScenarioDefinition definition, RecordedInputs inputs)
    {
        ScenarioRules.Check(model, definition);
        (this.model, this.inputs) = (CalibratedModels.Of(model, inputs.Parameters), inputs);
        setup = new(this.model, definition, inputs);
    }

    /// <summary>Number of shards.</summary>
    public int Shards => (setup.Members + setup.SweepPoints + MembersPerShard - 1) / MembersPerShard;

    /// <summary>Computes one shard on the calling thread.</summary>
    /// <param name="shard">0 to <see cref="Shards"/> − 1.</param>
    /// <param name="progress">Called with the share completed, 0 to 1, if given.</param>
    /// <param name="cancel">Honoured between members and between steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="Solvers.SolverException">The nominal start has no steady state; names the state.</exception>
    public byte[] RunShard(int shard, Action<double>? progress, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, Shards);
        var run = new RunMember(setup);
        var first = shard * MembersPerShard;
        var end = Math.Min(first + MembersPerShard, setup.Members + setup.SweepPoints);
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(end - first);
        for (var member = first; member < end; member++)
        {
            cancel.ThrowIfCancellationRequested();
            run.Run(member, cancel).Write(writer);
            progress?.Invoke((member + 1 - first) / (double)(end - first));
        }
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Merges all shards into the result.</summary>
    /// <param name="shards">Results of the shards, in order.</param>
    /// <exception cref="ScenarioFailedException">The nominal member failed, or too few members of the ensemble succeeded; says
    /// why.</exception>
    public ScenarioResult Merge(IReadOnlyList<byte[]> shards)
    {
        if (shards.Count != Shards) throw new ArgumentException($"There must be {Shards} shards, not {shards.Count}.", nameof(shards));
        List<MemberOutcome> outcomes = [];
        foreach (var shard in shards)
        {
            using var reader = new BinaryReader(new MemoryStream(shard));
            for (var left = reader.ReadInt32(); left > 0; left--) outcomes.Add(MemberOutcome.Read(reader));
        }
        return new MergeOutcomes(model, inputs, setup, outcomes).Result();
    }
}

/// <summary>A scenario that has no answer; says why.</summary>
public sealed class ScenarioFailedException(string message) : Exception(message);

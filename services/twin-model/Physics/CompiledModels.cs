using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace TwinModel.Physics;

/// <summary>Cache of compiled models, kept as long as their source: many shards, requests and twins share a few.</summary>
static class CompiledModels
{
    static readonly ConditionalWeakTable<PhysicsModel, ConcurrentDictionary<(int, bool), Lazy<CompiledModel>>> Known = [];

    /// <exception cref="ArgumentException">Components do not fit this number of cells.</exception>
    public static CompiledModel Of(PhysicsModel physics, int cells, bool withEnergy) =>
        Known.GetValue(physics, _ => new()).GetOrAdd((cells, withEnergy), key => new(() => new(physics, key.Item1, key.Item2))).Value;
}

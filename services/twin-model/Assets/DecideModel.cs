namespace TwinModel.Assets;

/// <summary>A model's version in force.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tenant">Whose it is; null: everybody's, as every shipped model.</param>
public sealed record ModelInForce(AssetModel Model, string? Tenant)
{
    /// <summary>
    /// Of a version from a file and one that was put in force at run time, the higher one; of equal ones the latter, so that an update of
    /// Pollux does not silently undo what people have changed. A file's id is everybody's, whatever a tenant calls its models.
    /// </summary>
    public static ModelInForce? Of(AssetModel? shipped, ModelInForce? revised) =>
        shipped is null || (revised is { Tenant: null } && revised.Model.Version >= shipped.Version) ? revised : new(shipped, null);
}

/// <summary>Decides whether a model may be revised. Pure.</summary>
public static class DecideModel
{
    /// <summary>Every rule against it; none if it may, also if it is in force already.</summary>
    /// <param name="inForce">The version in force; null if the model is new.</param>
    /// <param name="earlier">All versions that readings may have been recorded with.</param>
    /// <param name="next">The version to put in force.</param>
    /// <param name="tenant">Tenant of who asks; null: none.</param>
    public static IReadOnlyList<string> WhyNot(
        ModelInForce? inForce, IEnumerable<AssetModel> earlier, AssetModel next, string? tenant)
    {
        if (inForce is null) return [];
        // Nothing else is said about what belongs to others.
        if (inForce.Tenant != tenant)
            return [inForce.Tenant is null
                ? $"The model {next.Id} is everybody's and cannot be revised by a tenant; give yours another id."
                : $"The id {next.Id} is not free; take another."];
        var now = inForce.Model;
        if (now.Hash == next.Hash) return [];
        List<string> problems = [];
        if (next.Version <= now.Version)
            problems.Add($"Version {next.Version} of {next.Id} is not higher than version {now.Version}, which is in force and has another "
                + $"text; give it version {now.Version + 1L} or higher.");
        if (next.IsPlace != now.IsPlace) problems.Add($"{next.Id} is a model of a {now.Kind} and cannot become one of a {next.Kind}.");
        return [.. problems, .. Numbers([now, .. earlier.Where(m => m.Id == next.Id && m.Hash != now.Hash)], next)];
    }

    // The log holds numbers and values, and no units.
    static IEnumerable<string> Numbers(IReadOnlyList<AssetModel> known, AssetModel next)
    {
        foreach (var sensor in next.Sensors)
        {
            if (known.FirstOrDefault(m => m.Sensor(sensor.Number) is { } other && other.Unit.Symbol != sensor.Unit.Symbol) is not { } model)
                continue;
            var before = model.Sensor(sensor.Number)!;
            yield return $"Sensor {sensor.Id} has number {sensor.Number} and unit {sensor.Unit.Symbol}; in version {model.Version} the "
                + $"number is {before.Id} in {before.Unit.Symbol}, and the readings in the log are in that unit. Give it a new number.";
        }
    }
}

using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Health;

static class WornPart
{
    /// <summary>The model's degradation of a part.</summary>
    /// <exception cref="InvalidInputException">There is none; lists the parts that have one.</exception>
    public static Degradation Check(AssetModel model, string? component, string field) =>
        model.Degradations.FirstOrDefault(d => d.Component == component) ?? throw new InvalidInputException(
            field, component, model.Degradations.Count == 0
                ? $"a part whose wear the model describes; {model.Id} has no section degradation"
                : string.Join(", ", model.Degradations.Select(d => d.Component)));
}

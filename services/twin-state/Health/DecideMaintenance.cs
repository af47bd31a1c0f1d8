using ServiceDefaults;
using TwinModel.Assets;
using TwinModel.Health;

namespace TwinState.Health;

/// <summary>Decides whether a maintenance record is stored. Pure.</summary>
static class DecideMaintenance
{
    /// <exception cref="RuleViolationException">The model does not describe how the part wears.</exception>
    public static void RequireWearingPart(AssetModel model, Contracts.Messages.RecordMaintenance command)
    {
        if (model.Degradations.All(d => d.Component != command.Component))
            throw new RuleViolationException($"The model of {command.AssetId} describes no degradation of '{command.Component}'.");
    }

    /// <summary>The event; none when the record already exists.</summary>
    /// <exception cref="RuleViolationException">The record is older than the beginning of the part's present life.</exception>
    public static IReadOnlyList<object> Of(HealthBook book, Contracts.Messages.RecordMaintenance command)
    {
        try
        {
            return DecideHealth.Maintenance(
                book, command.AssetId, command.Component, command.Kind, command.At, command.RecordedBy, command.Comment);
        }
        catch (ArgumentException e)
        {
            throw new RuleViolationException(e.Message);
        }
    }
}

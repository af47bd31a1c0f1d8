using System.ComponentModel;
using ServiceDefaults;
using TwinModel.Assets;
using Component = TwinModel.Assets.Component;

namespace Query.Assets;

/// <summary>An asset with the content of its model.</summary>
/// <param name="Id">Asset id, kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="ModelId">Id of the asset's model.</param>
/// <param name="ModelVersion">Version of the model.</param>
/// <param name="Description">The model's description of the machine.</param>
/// <param name="Components">Parts of the machine.</param>
/// <param name="Relationships">How the parts are connected.</param>
/// <param name="Sensors">Measured quantities.</param>
/// <param name="Limits">Alarm limits.</param>
/// <param name="Connections">Where readings come from.</param>
sealed record AssetAnswer(
    string Id,
    string Name,
    string ModelId,
    int ModelVersion,
    [property: Description("SHA-256 of the model's YAML, hexadecimal.")] string ModelHash,
    [property: Description("Time of the first registration.")] DateTimeOffset RegisteredAt,
    string Description,
    IReadOnlyList<Component> Components,
    IReadOnlyList<Relationship> Relationships,
    IReadOnlyList<SensorOfAsset> Sensors,
    IReadOnlyList<LimitOfAsset> Limits,
    IReadOnlyList<ConnectionOfAsset> Connections,
    [property: Description("By key.")] IReadOnlyDictionary<string, string> Labels,
    [property: Description("machine or place.")] string Kind,
    [property: Description("Types of relationships that may go out from it to other assets.")]
    IReadOnlyList<RelationshipTypeOfAsset> RelationshipTypes)
{
    public static AssetAnswer Of(RegisteredAsset asset)
    {
        var model = asset.Model;
        return new(
            asset.Id, asset.Name, model.Id, model.Version, model.Hash, asset.RegisteredAt, model.Description,
            model.Components, model.Relationships,
            [.. model.Sensors.Select(SensorOfAsset.Of)],
            [.. model.Limits.Select(l => LimitOfAsset.Of(l, model.Sensor(l.Sensor)?.Id))],
            [.. model.Connections.Select(ConnectionOfAsset.Of)],
            asset.Labels, model.Kind, [.. model.RelationshipTypes.Select(RelationshipTypeOfAsset.Of)]);
    }
}

/// <summary>A type of relationship to other assets.</summary>
/// <param name="Id">kebab-case, e.g. part-of.</param>
sealed record RelationshipTypeOfAsset(
    string Id,
    [property: Description("Ids of models, or kinds (machine, place), whose assets it may lead to; empty: any.")] IReadOnlyList<string> To,
    [property: Description("Most targets of a source at a time; null: any number.")] int? Most,
    [property: Description("Most sources of a target at a time; null: any number.")] int? MostSources,
    [property: Description("No asset may lead back to itself.")] bool IsAcyclic,
    [property: Description("What may be said of a relationship.")] IReadOnlyList<PropertyOfRelationship> Properties)
{
    public static RelationshipTypeOfAsset Of(RelationshipType type) => new(
        type.Id, type.To, type.Most, type.MostSources, type.IsAcyclic, [.. type.Properties.Select(p => new PropertyOfRelationship(
            p.Id, p.Unit?.Symbol, p.Range is { } range ? ValueRange.Of(range) : null, p.IsRequired))]);
}

/// <summary>A property of a type of relationship: a number, or text.</summary>
/// <param name="Id">kebab-case.</param>
sealed record PropertyOfRelationship(
    string Id,
    [property: Description("Unit of the number; null: it is text.")] string? Unit,
    [property: Description("What the number may be; null: it is text.")] ValueRange? Range,
    [property: Description("Every relationship has it.")] bool IsRequired);

/// <summary>A measured quantity.</summary>
/// <param name="Id">Sensor id, kebab-case.</param>
/// <param name="Name">Display name.</param>
/// <param name="Component">Id of the component it measures.</param>
/// <param name="Quantity">Quantity, e.g. temperature.</param>
sealed record SensorOfAsset(
    string Id,
    [property: Description("Identifies the sensor in the event log.")] int Number,
    string Name,
    string Component,
    string Quantity,
    [property: Description("Unit of values, ranges, noise and limits.")] string Unit,
    [property: Description("Readings outside it are physically impossible and rejected.")] ValueRange Physical,
    [property: Description("Readings outside it are stored as uncertain.")] ValueRange Plausible,
    [property: Description("Expected time between readings.")] double IntervalSeconds,
    [property: Description("A sensor without a reading for this long is stale and raises an alarm.")] double MissingAfterSeconds,
    [property: Description("Standard deviation of a reading.")] double Noise)
{
    public static SensorOfAsset Of(Sensor sensor) => new(
        sensor.Id, sensor.Number, sensor.Name, sensor.Component, sensor.Unit.Quantity, sensor.Unit.Symbol, ValueRange.Of(sensor.Physical),
        ValueRange.Of(sensor.Plausible), sensor.Interval.TotalSeconds, sensor.MissingAfter.TotalSeconds, sensor.Noise);
}

/// <summary>A closed range, in the unit of the sensor or property.</summary>
/// <param name="Min">Lowest value, in that unit.</param>
/// <param name="Max">Highest value, in that unit.</param>
sealed record ValueRange(double Min, double Max)
{
    public static ValueRange Of(TwinModel.Units.Interval range) => new(range.Min, range.Max);
}

/// <summary>An alarm limit with hysteresis and delays.</summary>
/// <param name="Id">Limit id.</param>
/// <param name="OnDelaySeconds">How long a value must be beyond the threshold before the alarm is raised, s.</param>
/// <param name="OffDelaySeconds">How long a value must be back beyond the clear value before the alarm is cleared, s.</param>
/// <param name="Message">Text of the alarm.</param>
sealed record LimitOfAsset(
    string Id,
    [property: Description("Sensor id; null for a limit on a signal.")] string? Sensor,
    [property: Description("Id of an estimated or calculated signal; null for a limit on a sensor.")] string? Signal,
    [property: Description("above or below.")] string Direction,
    [property: Description("In the unit of the sensor or signal.")] double Threshold,
    [property: Description("In the same unit.")] double Clear,
    [property: Description("warning, alarm or critical.")] string Severity,
    double OnDelaySeconds,
    double OffDelaySeconds,
    string Message)
{
    public static LimitOfAsset Of(Limit limit, string? sensor) => new(
        limit.Id, sensor, limit.Signal, limit.IsAbove ? "above" : "below", limit.Threshold, limit.Clear,
        limit.Severity.ToString().ToLowerInvariant(), limit.OnDelay.TotalSeconds, limit.OffDelay.TotalSeconds, limit.Message);
}

/// <summary>Where readings come from.</summary>
/// <param name="Topic">MQTT topic or topic pattern.</param>
sealed record ConnectionOfAsset(
    string Topic,
    [property: Description("senml, sparkplug-b or plain.")] string Payload,
    [property: Description("Maps names in the payload to sensor ids.")] IReadOnlyDictionary<string, string> Names)
{
    public static ConnectionOfAsset Of(Connection connection) => new(
        connection.Topic,
        connection.Payload switch { PayloadFormat.SparkplugB => "sparkplug-b", PayloadFormat.Plain => "plain", _ => "senml" },
        connection.Names);
}

using TwinModel.Assets;

namespace TwinModel.Tests.Assets;

public class CompareModelsTests
{
    static AssetModel Changed(params (string From, string To)[] edits) => ReadAssetModel.FromText(
        edits.Aggregate(Given.Model.Source, (text, edit) =>
        {
            Assert.Contains(edit.From, text, StringComparison.Ordinal);
            return text.Replace(edit.From, edit.To, StringComparison.Ordinal);
        }), "kettle.asset.yaml");

    static string[] Changes(params (string From, string To)[] edits) =>
        [.. CompareModels.Of(Given.Model, Changed(edits)).Select(c => $"{c.Kind} {c.Path}: {c.Before} -> {c.After}")];

    [Fact]
    public void Comments_layout_and_order_are_no_difference() => Assert.Empty(Changes(
        ("components:", "# a comment\ncomponents:"), ("number: 7, component: vessel", "component:   vessel, number: 7")));

    [Fact]
    public void A_sensor_with_the_same_number_and_another_id_is_renamed()
    {
        string[] changes = Changes(
            ("id: temperature", "id: water-temperature"), ("sensor: temperature", "sensor: water-temperature"));
        Assert.Equal(
            [
                "renamed sensors[water-temperature]: temperature -> water-temperature",
                "changed limits[hot].sensor: temperature -> water-temperature",
            ],
            changes);
    }

    [Fact]
    public void Each_member_that_differs_is_named_with_both_values() => Assert.Equal(
        [
            "changed version: 1 -> 2",
            "changed sensors[temperature].plausible: [0, 120] -> [0, 110]",
            "changed limits[hot].above: 100 -> 105",
        ],
        Changes(("version: 1", "version: 2"), ("[0, 120]", "[0, 110]"), ("above: 100", "above: 105")));

    [Fact]
    public void What_comes_and_goes_is_said_entry_by_entry()
    {
        const string sensor = "  - { id: pressure, number: 7, component: vessel, quantity: pressure, unit: bar, physical: [0, 50], "
            + "plausible: [0, 10], interval: 1s }\n";
        const string limit = "  - { id: low, sensor: pressure, below: 1, clear: 1.2, severity: warning }\n";
        const string level =
            "  - { id: level, number: 8, component: vessel, quantity: length, unit: mm, physical: [0, 500], plausible: [0, 500], "
                + "interval: 1s }\n";
        Assert.Equal(
            ["added sensors[level]", "removed sensors[pressure]", "removed limits[low]"],
            CompareModels.Of(Given.Model, Changed((sensor, level), (limit, ""))).Select(c => $"{c.Kind} {c.Path}"));
        Assert.Equal(
            ["removed limits[hot]", "removed limits[low]"],
            CompareModels.Of(Given.Model, Changed(
                ("limits:\n", ""), (limit, ""),
                ("  - { id: hot, sensor: temperature, above: 100, clear: 95, severity: critical, on-delay: 3s, off-delay: 2s, "
                    + "message: Too hot }\n",
                    ""))).Select(c => $"{c.Kind} {c.Path}"));
    }

    [Fact]
    public void Of_a_new_model_its_sensors_are_named() =>
        Assert.Equal(["sensors[temperature]", "sensors[pressure]"], CompareModels.Of(null, Given.Model).Select(c => c.Path));

    [Fact]
    public void A_version_follows_the_one_in_force_only_if_it_is_higher()
    {
        ModelInForce inForce = new(Changed(("version: 1", "version: 4")), null);
        Assert.Empty(DecideModel.WhyNot(inForce, [], Changed(("version: 1", "version: 5")), null));
        // The same text is in force already, whatever its version.
        Assert.Empty(DecideModel.WhyNot(inForce, [], inForce.Model, null));
        Assert.Contains(
            "version 5 or higher",
            Assert.Single(DecideModel.WhyNot(inForce, [], Changed(("version: 1", "version: 4"), ("Kettle", "Pot")), null)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_keeps_its_unit_also_when_a_version_between_lacked_it()
    {
        var kelvin = Changed(("version: 1", "version: 3"), ("unit: degC, physical: [-50, 200]", "unit: K, physical: [0, 500]"));
        Assert.Contains("Give it a new number", Assert.Single(DecideModel.WhyNot(new(Given.Model, null), [], kelvin, null)),
            StringComparison.Ordinal);
        var without = Changed(("version: 1", "version: 2"), ("number: 1,", "number: 2,"));
        Assert.Single(DecideModel.WhyNot(new(without, null), [Given.Model], kelvin, null));
        Assert.Empty(DecideModel.WhyNot(new(without, null), [], kelvin, null));
    }

    [Fact]
    public void Nobody_revises_the_model_of_another_tenant_or_of_everybody()
    {
        var next = Changed(("version: 1", "version: 2"));
        Assert.Contains("is not free", DecideModel.WhyNot(new(Given.Model, "north"), [], next, "south")[0], StringComparison.Ordinal);
        Assert.Contains("everybody's", DecideModel.WhyNot(new(Given.Model, null), [], next, "south")[0], StringComparison.Ordinal);
        Assert.Empty(DecideModel.WhyNot(new(Given.Model, "south"), [], next, "south"));
    }

    [Fact]
    public void A_file_is_in_force_only_if_its_version_is_higher()
    {
        var (second, other) = (Changed(("version: 1", "version: 2")), Changed(("version: 1", "version: 2"), ("Kettle", "Pot")));
        Assert.Equal(second, ModelInForce.Of(Given.Model, new(second, null))!.Model);
        Assert.Equal(other, ModelInForce.Of(second, new(other, null))!.Model);
        Assert.Equal(second, ModelInForce.Of(second, new(Given.Model, null))!.Model);
        // A tenant cannot take the id of a file.
        Assert.Equal(Given.Model, ModelInForce.Of(Given.Model, new(second, "north"))!.Model);
    }
}

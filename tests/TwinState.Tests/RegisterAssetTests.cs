using Contracts.Events;
using Contracts.Messages;
using ServiceDefaults;
using TwinModel.Assets;
using TwinState.Assets;

namespace TwinState.Tests;

public class RegisterAssetTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    static readonly AssetModel Model = ReadAssetModel.FromText("""
        schema: pollux/asset-model/1
        id: kettle
        name: Kettle
        version: 3
        components: [{ id: vessel, kind: vessel, name: Vessel }]
        sensors: [{ id: temperature, number: 1, component: vessel, quantity: temperature, unit: degC, physical: [-50, 200], plausible: [0, 120], interval: 1s }]
        connections: [{ topic: "pollux/{asset}/senml", payload: senml }]
        """, "kettle.asset.yaml");

    static AssetRegistered? Decide(AssetRegistered? known, string? name = null, Dictionary<string, string>? labels = null) =>
        DecideRegistration.Decide(
            known is null ? null : KnownRegistration.Of(known), new("kettle-7", name, "kettle", labels), Model, isModelId: false, Now);

    [Fact]
    public void A_new_asset_is_registered_with_the_hash_of_its_model()
    {
        var registered = Decide(null, "Kettle 7")!;
        Assert.Equal(("kettle-7", "Kettle 7", "kettle", 3, Model.Hash, "", Now),
            (registered.AssetId, registered.Name, registered.ModelId, registered.ModelVersion, registered.ModelHash, registered.ModelYaml,
                registered.RegisteredAt));
    }

    [Fact]
    public void Registering_again_changes_nothing() => Assert.Null(Decide(Decide(null, "Kettle 7")));

    [Fact]
    public void A_changed_model_is_said_again_and_keeps_the_name()
    {
        var known = Decide(null, "Kettle 7")! with { ModelHash = "old" };
        Assert.Equal(("Kettle 7", Model.Hash), (Decide(known)!.Name, Decide(known)!.ModelHash));
    }

    [Fact]
    public void Labels_are_kept_until_they_are_given_anew()
    {
        Dictionary<string, string> north = new() { ["plant"] = "north", ["line"] = "3" };
        var known = Decide(null, labels: north)!;
        Assert.Equal(north, known.Labels);
        Assert.Null(Decide(known));
        Assert.Null(Decide(known, labels: new() { ["line"] = "3", ["plant"] = "north" }));
        Assert.Equal(north, Decide(known, "Another name")!.Labels);
        Assert.Equal("south", Decide(known, labels: new() { ["plant"] = "south" })!.Labels!["plant"]);
        Assert.Null(Decide(known, labels: [])!.Labels);
    }

    [Fact]
    public void A_model_that_cannot_be_read_is_replaced()
    {
        var known = new KnownRegistration("Kettle 7", null, new Dictionary<string, string>());
        var registered = DecideRegistration.Decide(known, new("kettle-7", null, "kettle"), Model, isModelId: false, Now)!;
        Assert.Equal(("Kettle 7", Model.Hash), (registered.Name, registered.ModelHash));
    }

    [Fact]
    public void A_place_does_not_become_a_machine()
    {
        var known = new KnownRegistration("Hall 7", "old", new Dictionary<string, string>(), IsPlace: true);
        var refused = Assert.Throws<RuleViolationException>(
            () => DecideRegistration.Decide(known, new("hall-7", null, "kettle"), Model, isModelId: false, Now));
        Assert.Equal("hall-7 is a place and cannot become a machine; take another id.", refused.Message);
    }

    [Fact]
    public void An_asset_with_the_models_id_gets_the_models_name() =>
        Assert.Equal("Kettle", DecideRegistration.Decide(null, new("kettle", null, "kettle"), Model, isModelId: true, Now)!.Name);

    [Fact]
    public void An_id_of_a_shipped_model_follows_that_model_alone()
    {
        var refused = Assert.Throws<RuleViolationException>(
            () => DecideRegistration.Decide(null, new("extrusion-line", null, "kettle"), Model, isModelId: true, Now));
        Assert.Equal("extrusion-line always follows the shipped model extrusion-line; give an asset of kettle another id.",
            refused.Message);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("kettle-7\n")]
    [InlineData("Kettle")]
    [InlineData("")]
    public void What_is_no_id_is_never_registered(string id) =>
        Assert.Equal("id", Assert.Throws<InvalidInputException>(
            () => DecideRegistration.Decide(null, new(id, null, "kettle"), Model, isModelId: false, Now)).Field);
}

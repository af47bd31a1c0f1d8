using System.Globalization;
using System.Text.Json.Nodes;
using Json.Schema;
using TwinModel.Assets;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TwinModel.Tests.Assets;

/// <summary>Editors check models by the JSON schema, services by the reader: both must accept or refuse the same files.</summary>
public class SchemaTests
{
    const string Whole = """
        schema: pollux/asset-model/1
        id: kettle
        name: Kettle
        version: 1
        description: Boils water.
        flush-window: 500ms
        components:
          - { id: vessel, kind: vessel, name: Vessel }
          - { id: stand, kind: stand, name: Stand }
        relationships:
          - { type: part-of, from: vessel, to: stand }
        relationship-types:
          - { id: warms, to: [place, kettle], most: 2, most-sources: 3, acyclic: true, properties: [{ id: heat, quantity: power, unit: kW, range: [0, 5], required: true }, { id: remark, text: true }] }
        sensors:
          - { id: temperature, number: 1, component: vessel, quantity: temperature, unit: degC, physical: [-50, 200], plausible: [0, 120], interval: 1s, missing-after: 1min, noise: 0.1, name: Water }
          - { id: level, number: 2, component: vessel, quantity: ratio, unit: "1", physical: [0, 1], plausible: [0, 1], interval: 0.5h }
          - { id: hum, number: 3, component: vessel, quantity: acceleration, unit: m/s2, physical: [0, 500], plausible: [0, 50], interval: 1min }
          - { id: hum-crest, number: 4, component: vessel, quantity: ratio, unit: "1", physical: [0, 99], plausible: [0, 50], interval: 1min }
          - { id: pump-defect, number: 5, component: vessel, quantity: acceleration, unit: m/s2, physical: [0, 500], plausible: [0, 50], interval: 1min }
          - { id: pump-speed, number: 6, component: vessel, quantity: rotational-speed, unit: 1/min, physical: [0, 5000], plausible: [0, 5000], interval: 1min }
        waveforms:
          - id: sound
            quantity: acceleration
            unit: m/s2
            sample-rate-hertz: 25600
            least-samples: 1024
            most-samples: 8192
            physical: [-500, 500]
            int16-scale: 0.02
            bearing: { elements: 9, element-diameter-millimetre: 7.9, pitch-diameter-millimetre: 38.5, contact-angle-degrees: 15, carrier-hertz: [2000, 6000], source: maker, speed: { sensor: pump-speed, ratio: 0.5 } }
            features:
              - { feature: band-rms, band-hertz: [10, 1000], sensor: hum }
              - { feature: crest, sensor: hum-crest }
              - { feature: envelope-inner-race, sensor: pump-defect }
        limits:
          - { id: hot, sensor: temperature, above: 100, clear: 95, severity: critical, on-delay: 3s, off-delay: 2s, message: Too hot }
          - { id: low, sensor: level, below: 0.1, severity: warning }
        connections:
          - { topic: "pollux/{asset}/senml", payload: senml, names: { "T/1": temperature } }
        imports:
          csv: { separator: ";", decimal: ",", thousands: " ", missing: [NA, "-", ""], comment: "#", time: datetime, time-format: "yyyy-MM-dd HH:mm:ss", time-zone: Europe/Berlin, units-row: true, columns: { Temp: temperature }, ignore: [anomaly] }
        """;

    static readonly JsonSchema Schema = JsonSchema.FromFile(Path.Combine(ReadAssetModelTests.Directory, "asset-model.schema.json"));

    static bool PleasesTheSchema(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var json = Json(stream.Documents[0].RootNode);
        // The library prepares a schema while it is first used, not safely for several threads, and three test classes share it.
        lock (Schema) return Schema.Evaluate(json).IsValid;
    }

    static string? ComplaintOfTheReader(string yaml)
    {
        try
        {
            ReadAssetModel.FromText(yaml, "kettle.asset.yaml");
            return null;
        }
        catch (InvalidModelException e)
        {
            return e.Message;
        }
    }

    // Converted as editors do, by YAML's core schema.
    static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(c.Key.ToString(), Json(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value switch
        {
            null or "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            { } text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) => number,
            { } text => text,
        },
        YamlScalarNode scalar => scalar.Value,
        _ => throw new NotSupportedException(node.NodeType.ToString()),
    };

    internal static void AssertJudged(bool isGood, string yaml)
    {
        var complaint = ComplaintOfTheReader(yaml);
        Assert.True(complaint is null == isGood, $"The reader says: {complaint ?? "good"}");
        Assert.True(PleasesTheSchema(yaml) == isGood, $"The schema says: {(isGood ? "bad" : "good")}");
    }

    static string With(string part, string instead)
    {
        Assert.Contains(part, Whole, StringComparison.Ordinal);
        return Whole.Replace(part, instead, StringComparison.Ordinal);
    }

    public static TheoryData<string> Shipped =>
        [.. Directory.EnumerateFiles(ReadAssetModelTests.Directory, "*.asset.yaml").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Shipped_models_please_both(string file) =>
        AssertJudged(isGood: true, File.ReadAllText(Path.Combine(ReadAssetModelTests.Directory, file)));

    [Fact]
    public void A_place_needs_no_parts_sensors_and_connections_and_a_machine_does()
    {
        const string Place = "schema: pollux/asset-model/1\nid: hall\nkind: place\nname: Hall\nversion: 1\n";
        AssertJudged(isGood: true, Place);
        AssertJudged(isGood: false, Place + "sensors: []\n");
        AssertJudged(isGood: false, Place.Replace("kind: place\n", "", StringComparison.Ordinal));
        var hall = ReadAssetModel.FromText(Place, "hall.asset.yaml");
        Assert.Equal(("place", true), (hall.Kind, hall.IsPlace));
        Assert.Equal("machine", ReadAssetModel.FromText(Whole, "kettle.asset.yaml").Kind);
    }

    [Fact]
    public void A_model_with_everything_in_it_pleases_both() => AssertJudged(isGood: true, Whole);

    [Theory]
    [InlineData("description: Boils water.\n", "")]
    [InlineData("flush-window: 500ms\n", "")]
    [InlineData("flush-window: 500ms", "flush-window: 0.25s")]
    [InlineData("relationships:\n  - { type: part-of, from: vessel, to: stand }\n", "relationships: []\n")]
    [InlineData("type: part-of", "type: feeds")]
    [InlineData("id: kettle", "id: kettle\nkind: machine")]
    [InlineData("id: kettle", "id: kettle\nkind: place")]
    [InlineData(", to: [place, kettle], most: 2, most-sources: 3, acyclic: true", "")]
    [InlineData("text: true", "text: true, required: false")]
    [InlineData("unit: kW, range: [0, 5], required: true", "unit: kW, range: [0, 5], text: false")]
    [InlineData(", names: { \"T/1\": temperature }", "")]
    [InlineData("above: 100, clear: 95", "above: 1e2")]
    [InlineData("name: Kettle", "name: \"5\"")]
    [InlineData("separator: \";\", ", "")]
    [InlineData("ignore: [anomaly]", "ignore: []")]
    [InlineData("separator: \";\"", "separator: \"\\t\"")]
    [InlineData("decimal: \",\", ", "")]
    [InlineData("thousands: \" \"", "thousands: none")]
    [InlineData("time: datetime", "time: [date, clock]")]
    [InlineData("time: datetime", "time: [datetime]")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "epoch-ms")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "M/d/yyyy h:mm tt")]
    [InlineData("units-row: true", "units-row: false")]
    [InlineData("least-samples: 1024", "least-samples: 16")]
    [InlineData("    int16-scale: 0.02\n", "")]
    [InlineData("contact-angle-degrees: 15, ", "")]
    [InlineData("sensor: pump-speed, ratio: 0.5", "sensor: pump-speed")]
    [InlineData("sensor: pump-speed, ratio: 0.5", "fixed-per-minute: 1450")]
    [InlineData("{ \"T/1\": temperature }", "{ \"T/1\": temperature, \"Acc/1\": sound }")]
    public void What_may_be_otherwise_pleases_both(string part, string instead) => AssertJudged(isGood: true, With(part, instead));

    [Theory]
    // Keys.
    [InlineData("name: Kettle\n", "")]
    [InlineData("version: 1\n", "")]
    [InlineData("schema: pollux/asset-model/1\n", "")]
    [InlineData("description:", "descripton:")]
    [InlineData("kind: vessel, ", "")]
    [InlineData("kind: vessel, name: Vessel", "kind: vessel, name: Vessel, colour: red")]
    [InlineData("from: vessel, ", "")]
    [InlineData("quantity: temperature, ", "")]
    [InlineData("interval: 1s, ", "")]
    [InlineData("physical: [0, 1], ", "")]
    [InlineData(", severity: warning", "")]
    [InlineData("payload: senml, ", "")]
    [InlineData("time: datetime, ", "time: datetime, delimiter: \",\", ")]
    [InlineData("imports:\n  csv: ", "imports:\n  xls: ")]
    [InlineData("above: 100, clear: 95", "above: 100, below: 5")]
    [InlineData("above: 100, clear: 95, ", "")]
    // Texts and ids.
    [InlineData("pollux/asset-model/1", "pollux/asset-model/2")]
    [InlineData("id: kettle", "id: Kettle")]
    [InlineData("id: kettle", "id: kettle-")]
    [InlineData("id: kettle", "id: 5")]
    [InlineData("name: Kettle", "name: \"\"")]
    [InlineData("name: Kettle", "name:")]
    [InlineData("name: Kettle", "name: 5")]
    [InlineData("name: Kettle", "name: true")]
    [InlineData("name: Kettle", "name: [Kettle]")]
    [InlineData("unit: \"1\"", "unit: 1")]
    [InlineData("quantity: ratio", "quantity: Ratio")]
    [InlineData("quantity: ratio", "quantity: beauty")]
    [InlineData("type: part-of", "type: beside")]
    [InlineData("severity: critical", "severity: Critical")]
    [InlineData("severity: critical", "severity: 3")]
    [InlineData("payload: senml", "payload: xml")]
    [InlineData("separator: \";\"", "separator: \";;\"")]
    [InlineData("separator: \";\"", "separator: x")]
    [InlineData("decimal: \",\"", "decimal: \";\"")]
    [InlineData("decimal: \",\"", "decimal: [\",\"]")]
    [InlineData("thousands: \" \"", "thousands: \"-\"")]
    [InlineData("missing: [NA, \"-\", \"\"]", "missing: NA")]
    [InlineData("missing: [NA, \"-\", \"\"]", "missing: [NA, null]")]
    [InlineData("missing: [NA, \"-\", \"\"]", "missing: [-999]")]
    [InlineData("missing: [NA, \"-\", \"\"]", "missing: []")]
    [InlineData("comment: \"#\"", "comment: \"//\"")]
    [InlineData("time: datetime", "time: [date, clock, zone]")]
    [InlineData("time: datetime", "time: []")]
    [InlineData("units-row: true", "units-row: \"true\"")]
    [InlineData("{ \"T/1\": temperature }", "[temperature]")]
    [InlineData("{ \"T/1\": temperature }", "{ \"T/1\": [temperature] }")]
    [InlineData("ignore: [anomaly]", "ignore: anomaly")]
    [InlineData("ignore: [anomaly]", "ignore: [[anomaly]]")]
    // Kinds and types of relationships.
    [InlineData("id: kettle", "id: kettle\nkind: house")]
    [InlineData("id: kettle", "id: place")]
    [InlineData("to: [place, kettle]", "to: []")]
    [InlineData("to: [place, kettle]", "to: kettle")]
    [InlineData("to: [place, kettle]", "to: [kettle, kettle]")]
    [InlineData("to: [place, kettle]", "to: [Kettle]")]
    [InlineData("most: 2", "most: 0")]
    [InlineData("acyclic: true", "acyclic: \"true\"")]
    [InlineData("id: warms, ", "")]
    [InlineData("range: [0, 5], ", "")]
    [InlineData("text: true", "text: true, unit: kW")]
    [InlineData("{ id: remark, text: true }", "{ id: remark }")]
    // Numbers.
    [InlineData("version: 1", "version: 0")]
    [InlineData("version: 1", "version: 1.5")]
    [InlineData("version: 1", "version: \"1\"")]
    [InlineData("number: 2", "number: 65536")]
    [InlineData("number: 2", "number: -2")]
    [InlineData("noise: 0.1", "noise: -0.1")]
    [InlineData("noise: 0.1", "noise: .inf")]
    [InlineData("above: 100", "above: hot")]
    [InlineData("clear: 95", "clear: \"95\"")]
    [InlineData("physical: [0, 1]", "physical: [0]")]
    [InlineData("physical: [0, 1]", "physical: [0, 1, 2]")]
    [InlineData("physical: [0, 1]", "physical: 1")]
    [InlineData("physical: [0, 1]", "physical: [zero, 1]")]
    // Waveforms.
    [InlineData("sample-rate-hertz: 25600", "sample-rate-hertz: 0")]
    [InlineData("sample-rate-hertz: 25600", "sample-rate: 25600")]
    [InlineData("least-samples: 1024", "least-samples: 15")]
    [InlineData("most-samples: 8192", "most-samples: 65537")]
    [InlineData("int16-scale: 0.02", "int16-scale: -0.02")]
    [InlineData("elements: 9", "elements: 2")]
    [InlineData("contact-angle-degrees: 15", "contact-angle-degrees: 91")]
    [InlineData("carrier-hertz: [2000, 6000], ", "")]
    [InlineData(", speed: { sensor: pump-speed, ratio: 0.5 }", "")]
    [InlineData("sensor: pump-speed, ratio: 0.5", "ratio: 0.5")]
    [InlineData("sensor: pump-speed, ratio: 0.5", "sensor: pump-speed, fixed-per-minute: 1450")]
    [InlineData("sensor: pump-speed, ratio: 0.5", "fixed-per-minute: 1450, ratio: 0.5")]
    [InlineData("feature: crest", "feature: loudness")]
    [InlineData("feature: crest, sensor: hum-crest", "feature: crest")]
    [InlineData("feature: crest", "feature: crest, band-hertz: [10, 1000]")]
    [InlineData("band-hertz: [10, 1000], ", "")]
    // Spans.
    [InlineData("interval: 1s", "interval: 1")]
    [InlineData("interval: 1s", "interval: soon")]
    [InlineData("interval: 1s", "interval: -1s")]
    [InlineData("interval: 1s", "interval: .5s")]
    [InlineData("interval: 1s", "interval: 1e1s")]
    [InlineData("interval: 1s", "interval: 1 s")]
    [InlineData("interval: 1s", "interval: 1d")]
    [InlineData("flush-window: 500ms", "flush-window: 500us")]
    [InlineData("on-delay: 3s", "on-delay: 3")]
    // Lists.
    [InlineData("connections:\n  - { topic: \"pollux/{asset}/senml\", payload: senml, names: { \"T/1\": temperature } }",
        "connections: []")]
    [InlineData("relationships:\n  - { type: part-of, from: vessel, to: stand }", "relationships:")]
    [InlineData("relationships:\n  - { type: part-of, from: vessel, to: stand }", "relationships: { type: part-of }")]
    public void What_is_wrong_displeases_both(string part, string instead) => AssertJudged(isGood: false, With(part, instead));

    [Theory]
    [InlineData("from: vessel", "from: vesel")]
    [InlineData("number: 2", "number: 1")]
    [InlineData("unit: degC", "unit: bar")]
    [InlineData("plausible: [0, 120]", "plausible: [0, 300]")]
    [InlineData("clear: 95", "clear: 105")]
    [InlineData("flush-window: 500ms", "flush-window: 2min")]
    [InlineData("time-zone: Europe/Berlin", "time-zone: Europe/Atlantis")]
    [InlineData("thousands: \" \"", "thousands: \",\"")]
    [InlineData("separator: \";\"", "separator: \",\"")]
    [InlineData("comment: \"#\"", "comment: \";\"")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "HH:mm:ss")]
    [InlineData("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd hh:mm:ss")]
    [InlineData("time: datetime", "time: [date, date]")]
    [InlineData("pollux/{asset}/senml", "pollux/kettle/senml")]
    [InlineData("id: remark", "id: heat")]
    public void What_only_the_reader_can_know_pleases_the_schema(string part, string instead)
    {
        Assert.True(PleasesTheSchema(With(part, instead)));
        Assert.NotNull(ComplaintOfTheReader(With(part, instead)));
    }
}

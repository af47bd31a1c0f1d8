using TwinModel.Assets;

namespace TwinModel.Tests.Assets;

public class ReadAssetModelTests
{
    public static string Directory => Path.Combine(Root(), "contracts", "assets");

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Pollux.slnx"))) directory = directory.Parent!;
        return directory.FullName;
    }

    static string Line(string good, string bad) => Given.Model.Source.Replace(good, bad, StringComparison.Ordinal);

    static ModelProblem Problem(string good, string bad)
    {
        var yaml = Line(good, bad);
        Assert.NotEqual(Given.Model.Source, yaml);
        return Assert.Throws<InvalidModelException>(() => ReadAssetModel.FromText(yaml, "kettle.asset.yaml")).Problems[0];
    }

    [Fact]
    public void The_shipped_models_are_good()
    {
        var models = ReadAssetModel.FromDirectory(Directory);
        Assert.Equal(["extrusion-line", "hall", "heater-pair", "line", "pump-loop", "site"], models.Select(m => m.Id));
        Assert.All(models, m => Assert.Equal(m.IsPlace, m.Limits.Count == 0));
    }

    [Theory]
    [InlineData("unit: degC", "unit: bar", "sensors[0].unit", "degC")]
    [InlineData("quantity: pressure", "quantity: pressur", "sensors[1].quantity", "pressure")]
    [InlineData("number: 7", "number: 1", "sensors[1].number", "never reused")]
    [InlineData("number: 7", "number: 70000", "sensors[1].number", "1 to 65535")]
    [InlineData("component: vessel, quantity: temperature", "component: vesel, quantity: temperature", "sensors[0].component", "vessel")]
    [InlineData("physical: [0, 50]", "physical: [50, 0]", "sensors[1].physical", "min < max")]
    [InlineData("physical: [0, 50]", "physical: [0, 1e200]", "sensors[1].physical", "within [-1e27, 1e27]")]
    [InlineData("plausible: [0, 120]", "plausible: [-60, 120]", "sensors[0].plausible", "within physical")]
    [InlineData("interval: 1s }\n  - { id: pressure", "interval: soon }\n  - { id: pressure", "sensors[0].interval", "500ms")]
    [InlineData("above: 100, clear: 95", "above: 100, clear: 105", "limits[0].clear", "healthy side")]
    [InlineData("above: 100", "above: 1000", "limits[0].above", "[-50, 200]")]
    [InlineData("severity: critical", "severity: dreadful", "limits[0].severity", "warning, alarm, critical")]
    [InlineData("below: 1,", "below: 1, above: 3,", "limits[1]", "exactly one")]
    [InlineData("payload: senml", "payload: xml", "connections[0].payload", "senml, sparkplug-b, plain")]
    [InlineData("pollux/{asset}/senml", "pollux/kettle/senml", "connections[0].topic", "{asset}")]
    [InlineData("id: kettle\n", "id: Kettle 1\n", "id", "kebab-case")]
    [InlineData("id: kettle\n", "id: \"kettle\\n\"\n", "id", "kebab-case")]
    [InlineData("id: kettle\n", "id: unknown\n", "id", "reserved for unknown assets")]
    [InlineData("interval: 1s }\n  - { id: pressure", "interval: \"1s\\n\" }\n  - { id: pressure", "sensors[0].interval", "500ms")]
    [InlineData("version: 1", "versoin: 1", "", "version")]
    [InlineData("kind: vessel,", "kind: vessel, colour: red,", "components[0]", "colour")]
    [InlineData("pollux/asset-model/1", "pollux/asset-model/2", "schema", "pollux/asset-model/1")]
    public void A_bad_model_is_refused_with_line_path_and_what_is_allowed(string good, string bad, string path, string allowed)
    {
        var problem = Problem(good, bad);
        Assert.Equal(("kettle.asset.yaml", path), (problem.File, problem.Path));
        Assert.Contains(allowed, problem.Message, StringComparison.Ordinal);
        var lines = Line(good, bad).Split('\n');
        Assert.InRange(problem.Line, 1, lines.Length);
        Assert.True(path.Length == 0 || path is "limits[1]"
            || lines[problem.Line - 1].Contains(bad.Split('\n')[0].Split(' ')[0].TrimEnd(':'), StringComparison.Ordinal)
            || problem.Line > 1);
    }

    [Fact]
    public void Broken_yaml_is_refused_with_its_line() =>
        Assert.Equal(2, Assert.Throws<InvalidModelException>(
            () => ReadAssetModel.FromText("schema: x\nid: }\nname: y", "broken.asset.yaml")).Problems[0].Line);

    [Fact]
    public void Everything_that_is_wrong_is_reported_at_once() =>
        Assert.True(Assert.Throws<InvalidModelException>(
            () => ReadAssetModel.FromText(
                Line("unit: degC", "unit: bar").Replace("severity: critical", "severity: x", StringComparison.Ordinal),
                "k")).Problems.Count >= 2);
}

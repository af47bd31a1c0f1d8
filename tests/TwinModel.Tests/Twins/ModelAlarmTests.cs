using Contracts.Events;
using TwinModel.Assets;
using TwinModel.Twins;

namespace TwinModel.Tests.Twins;

/// <summary>Active alarms when the model becomes another.</summary>
public class ModelAlarmTests
{
    static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddDays(1);

    static AssetModel With(params (string From, string To)[] edits) => ReadAssetModel.FromText(
        edits.Aggregate(Given.Model.Source, (text, edit) => text.Replace(edit.From, edit.To, StringComparison.Ordinal)),
        "kettle.asset.yaml");

    static AlarmBook Raised(string limit, string? sensor = "temperature") =>
        AlarmBook.Empty.Apply(new AlarmRaised($"k.{limit}.1", "k", limit, sensor, "warning", "m", 1, "degC", At));

    static string[] Cleared(AssetModel model, AlarmBook book, params double[] temperatures)
    {
        var twin = new Twin(model);
        twin.Step([.. temperatures.Select((t, i) => Given.Temperature(i, t))], new());
        return [.. DecideAlarms.ForModel(twin, book, At).Cast<AlarmCleared>().Select(c => c.AlarmId)];
    }

    [Fact]
    public void An_alarm_whose_limit_is_gone_is_cleared() =>
        Assert.Equal(["k.hot.1"], Cleared(With(("id: hot", "id: scalding")), Raised("hot"), 120, 120, 120, 120, 120));

    [Fact]
    public void An_alarm_whose_limit_is_now_another_sensors_is_cleared() => Assert.Equal(
        ["k.hot.1"], Cleared(With(("sensor: temperature, above: 100, clear: 95", "sensor: pressure, above: 9, clear: 8")), Raised("hot")));

    [Fact]
    public void An_alarm_of_a_renamed_sensor_goes_on() => Assert.Empty(Cleared(
        With(("id: temperature", "id: heat"), ("sensor: temperature", "sensor: heat")), Raised("hot"), 120, 120, 120, 120, 120));

    [Fact]
    public void An_alarm_goes_on_exactly_while_its_limit_as_it_is_now_is_violated()
    {
        Assert.Empty(Cleared(Given.Model, Raised("hot"), 110, 110, 110, 110, 110));
        Assert.Equal(
            ["k.hot.1"], Cleared(With(("above: 100, clear: 95", "above: 115, clear: 95")), Raised("hot"), 110, 110, 110, 110, 110));
    }

    [Fact]
    public void Silence_of_a_sensor_that_is_gone_and_physics_that_nothing_corrects_are_over()
    {
        Assert.Equal(["k.missing-data-flow.1"], Cleared(Given.Model, Raised("missing-data-flow", "flow")));
        Assert.Empty(Cleared(Given.Model, Raised("missing-data-pressure", "pressure")));
        Assert.Empty(Cleared(Given.Model, Raised("missing-data", null)));
        Assert.Equal(["k.sync-lost.1"], Cleared(Given.Model, Raised("sync-lost", null)));
    }

    [Fact]
    public void What_is_cleared_already_is_no_orphan()
    {
        var book = Raised("gone").Apply(new AlarmCleared("k.gone.1", 1, At));
        Assert.Empty(Cleared(Given.Model, book));
    }
}

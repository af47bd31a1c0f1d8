using System.Text;
using Cli.NewAssets;
using Cli.Recordings;
using ServiceDefaults;
using TwinModel.Assets;

namespace Query.Tests;

/// <summary>A model for a machine that nobody has described, from a recording of it.</summary>
public class NewAssetTests
{
    static readonly Dictionary<string, string> None = [];

    static ProposedModel Proposed(
        string csv, string? time = null, IReadOnlyDictionary<string, string>? units = null, params string[] ignore) =>
        ProposeModel.Of(ReadTable.Of(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "test.csv"), time, units ?? None, ignore);

    static AssetModel Written(ProposedModel model) =>
        ReadAssetModel.FromText(WriteModel.Of("new-one", model, "test.csv"), "new-one.asset.yaml");

    const string Oven = """
        Zeitstempel;Temp Zone1 [°C];Druck (bar);Motorstrom;Status;anomaly
        1.3.2026 06:00:00;180,1;2,50;10,0;ok;0
        1.3.2026 06:00:02;180,3;2,52;10,5;ok;0
        1.3.2026 06:00:04;179,9;NaN;10,2;ok;1
        1.3.2026 06:00:06;180,2;2,49;9,8;ok;0
        1.3.2026 06:00:08;180,0;2,51;10,1;ok;0
        """;

    [Fact]
    public void Sensors_units_interval_and_the_form_of_the_file_are_found()
    {
        var model = Proposed(Oven);
        Assert.Equal([("temp-zone1", "degC"), ("druck", "bar"), ("motorstrom", "A")], model.Sensors.Select(s => (s.Id, s.Unit.Symbol)));
        Assert.Equal([null, null, "unit guessed from the name"], model.Sensors.Select(s => s.Remark));
        Assert.Equal((';', ',', 2.0, "Zeitstempel", "d.M.yyyy HH:mm:ss"),
            (model.Separator, model.Decimal, model.Interval, model.TimeHeader, model.Time.Format));
        Assert.Equal(["NaN"], model.Missing);
        Assert.Equal(["Status", "anomaly"], model.Ignored.Select(i => i.Header));
        var written = Written(model);
        Assert.Equal(["temp-zone1", "druck", "motorstrom"], written.Sensors.Select(s => s.Id));
        Assert.All(written.Sensors, s => Assert.Equal(TimeSpan.FromSeconds(2), s.Interval));
        Assert.All(written.Sensors, s => Assert.True(s.Physical.Min < s.Plausible.Min || s.Physical.Min == s.Plausible.Min, s.Id));
        Assert.Equal(0, written.Sensors[2].Physical.Min);
    }

    [Theory]
    [InlineData("time,a\n2026-03-01T06:00:00Z,1\n2026-03-01T06:00:01Z,2\n", null, 1)]
    [InlineData("time,a\n2026-03-01 06:00:00,1\n2026-03-01 06:01:00,2\n", "yyyy-MM-dd HH:mm:ss", 60)]
    [InlineData("time_s,a\n0.0,1\n0.5,2\n1.0,2\n", "epoch-s", 0.5)]
    [InlineData("ts,a\n1772344800000,1\n1772344800250,2\n", "epoch-ms", 0.25)]
    [InlineData("a,stamp\n1,3/25/2026 6:00\n2,3/25/2026 6:05\n", "M/d/yyyy H:mm", 300)]
    public void Times_are_found_in_their_form(string csv, string? format, double interval)
    {
        var model = Proposed(csv);
        Assert.Equal((format, interval), (model.Time.Format, model.Interval));
        Written(model);
    }

    [Fact]
    public void An_order_of_day_and_month_that_cannot_be_told_is_said() => Assert.Contains(
        "also fits", Proposed("time,a\n1/2/2026 6:00:00,1\n1/2/2026 6:00:01,2\n").Time.Remark, StringComparison.Ordinal);

    [Theory]
    [InlineData("a,b\n1,2\n2,3\n", "a file with a column of times")]
    [InlineData("time,Temp,temp\n2026-03-01T06:00:00Z,1,2\n2026-03-01T06:00:01Z,1,2\n", "both would be 'temp'")]
    [InlineData("time,a,a\n2026-03-01T06:00:00Z,1,2\n2026-03-01T06:00:01Z,1,2\n", "'a' is there twice")]
    [InlineData("time,a,\n2026-03-01T06:00:00Z,1,2\n2026-03-01T06:00:01Z,1,2\n", "column 3 has none")]
    [InlineData("time,length [furlong]\n2026-03-01T06:00:00Z,1\n2026-03-01T06:00:01Z,1\n", "a unit that is known")]
    [InlineData("time,é\n2026-03-01T06:00:00Z,1\n2026-03-01T06:00:01Z,1\n", "letters or digits of ASCII")]
    [InlineData("time,a\n2026-03-01T06:00:00Z,1\n", "at least two rows")]
    [InlineData("time,a\n2026-03-01T06:00:00Z,1\n2026-03-01T06:00:01Z\n", "line 3 has 1")]
    [InlineData("time,a\n2026-03-01T06:00:00Z,x\n2026-03-01T06:00:01Z,y\n", "a column of numbers beside the times")]
    [InlineData("nothing", "a header of 2 to 1000 columns")]
    [InlineData("", "a header of 2 to 1000 columns")]
    [InlineData("time,a\n2026-03-01T06:00:01Z,1\n2026-03-01T06:00:00Z,1\n", "none before the one above")]
    public void What_is_no_recording_is_refused_with_what_to_do(string csv, string says) => Assert.Contains(
        says, Assert.Throws<InvalidInputException>(() => Proposed(csv)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_asked_for_is_done_or_refused()
    {
        const string csv = "time,Temp,temp,x\n2026-03-01T06:00:00Z,1,2,3\n2026-03-01T06:00:01Z,1,2,3\n";
        var model = Proposed(csv, "time", new Dictionary<string, string> { ["x"] = "m3/h" }, "temp");
        Assert.Equal([("temp", "degC"), ("x", "m3/h")], model.Sensors.Select(s => (s.Id, s.Unit.Symbol)));
        foreach (var (wrong, says) in new (Action, string)[]
        {
            (() => Proposed(csv, "Time"), "'--time' is 'Time'; allowed: time, Temp, temp, x"),
            (() => Proposed(csv, "x"), "a column in which every cell is a time"),
            (() => Proposed(csv, null, new Dictionary<string, string> { ["y"] = "m" }), "'--unit' is 'y'"),
            (() => Proposed(csv, null, new Dictionary<string, string> { ["x"] = "ell" }, "temp"), "'--unit' is 'x=ell'"),
            (() => Proposed(csv, null, null, "z"), "'--ignore' is 'z'"),
        })
            Assert.Contains(says, Assert.Throws<InvalidInputException>(wrong).Message, StringComparison.Ordinal);
    }

    /// <summary>The steps of the guide, on recordings that nobody prepared: propose, read, replay.</summary>
    [Theory]
    [InlineData("skab/dev/valve1/0.csv", 8)]
    [InlineData("tclab/dev/nd_step50_a.csv", 4)]
    [InlineData("tclab/dev/apm_siso_steps.csv", 2)]
    public void Recordings_of_real_machines_are_replayed_with_the_model_proposed_for_them(string name, int sensors)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pollux.slnx"))) folder = Path.GetDirectoryName(folder)!;
        var file = Path.Combine(folder, "../shared/data", name);
        if (!File.Exists(file)) Assert.Skip($"{file} is not there");
        using var stream = File.OpenRead(file);
        var model = Written(ProposeModel.Of(ReadTable.Of(stream, name), null, None, []));
        Assert.Equal(sensors, model.Sensors.Count);
        var rows = ReadRecording.Rows(file, model).ToList();
        Assert.True(rows.Count > 500);
        Assert.All(rows, r => Assert.All(r.Values, v =>
        {
            var plausible = model.Sensors.First(s => s.Id == v.Sensor).Plausible;
            Assert.InRange(v.Value, plausible.Min, plausible.Max);
        }));
    }
}

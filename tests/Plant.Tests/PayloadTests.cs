using System.Text;
using Contracts.Sparkplug;
using Google.Protobuf;
using Plant.Gateway;
using Plant.Sensors;

namespace Plant.Tests;

public class PayloadTests
{
    const long Micros = 1_763_913_600_000_123;

    [Fact]
    public void Senml_text_is_exact()
    {
        var frame = new Frame(1, Micros,
            [Value("melt-temperature", 237.9), Value("screw-position", -0.004), new(Spec("bearing-temperature"), 58, Micros - 250_000)]);

        Assert.Equal(
            """[{"bn":"","bt":1763913600.000123,"n":"melt-temperature","u":"Cel","v":237.9},{"n":"screw-position","u":"mm","v":-0.004},{"n":"bearing-temperature","u":"Cel","v":58,"t":-0.250000}]""",
            SenMl.Write(frame));
    }

    [Fact]
    public void A_waveform_is_a_data_value_at_the_time_of_its_first_sample()
    {
        var frame = new Frame(1, Micros, [Value("melt-temperature", 237.9)])
        {
            Waveform = new("bearing-acceleration", "m/s2", Micros - 1_600_000, [1f, -2.5f]),
        };

        // 00 00 80 3f, 00 00 20 c0.
        Assert.Equal(
            """[{"bn":"","bt":1763913600.000123,"n":"melt-temperature","u":"Cel","v":237.9},{"n":"bearing-acceleration","u":"m/s2","vd":"AACAPwAAIMA","t":-1.600000}]""",
            SenMl.Write(frame));
        Assert.EndsWith(",{\"n\":\"bearing-acceleration\",\"u\":\"m/s2\",\"vd\":\"AACAPwAAIMA\",\"t\":-1.600000}]", SenMl.Write(frame with
        {
            Measurements = [],
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void Senml_goes_to_the_topic_of_its_asset()
    {
        var packet = new SenMl("line-9").Data(new(1, Micros, [Value("melt-flow", 51.2)]), historical: false);

        Assert.Equal("pollux/line-9/senml", packet.Topic);
        Assert.Equal("application/senml+json", packet.ContentType);
    }

    [Fact]
    public void Sparkplug_births_name_every_metric_with_alias_and_datatype()
    {
        var format = new SparkplugB("line-9");
        format.Will();
        var births = format.Birth([Value("melt-flow", 51.2)], Micros);

        Assert.Equal(["spBv1.0/pollux/NBIRTH/line-9-gateway", "spBv1.0/pollux/DBIRTH/line-9-gateway/line-9"],
            births.Select(birth => birth.Topic));
        var (node, device) = (Read(births[0]), Read(births[1]));
        Assert.Equal((0ul, 1ul), (node.Seq, device.Seq));
        Assert.Equal(["bdSeq", "Node Control/Rebirth", "Gateway/Buffered Frames"], node.Metrics.Select(metric => metric.Name));
        Assert.Equal(SensorCatalog.All.Select(spec => (spec.SparkplugName, SparkplugB.AliasOf(spec.Id), 10u)),
            device.Metrics.Select(metric => (metric.Name, metric.Alias, metric.Datatype)));
        Assert.Equal(device.Metrics.Count, device.Metrics.Select(metric => metric.Alias).Distinct().Count());
        var flow = device.Metrics.Single(metric => metric.Name == "Die/Melt Flow");
        Assert.Equal((51.2, 1_763_913_600_000ul), (flow.DoubleValue, flow.Timestamp));
        Assert.Equal(SensorCatalog.All.Length - 1, device.Metrics.Count(metric => metric.IsNull));
    }

    [Fact]
    public void Sparkplug_data_goes_by_alias_and_its_sequence_wraps()
    {
        var format = new SparkplugB("line-9");
        format.Will();
        format.Birth([], Micros);
        var data = Enumerable.Range(0, 300).Select(_ => Read(format.Data(new(1, Micros, [Value("melt-flow", 51.2)]), historical: false)))
            .ToList();

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (ulong)((i + 2) % 256)), data.Select(message => message.Seq));
        var metric = Assert.Single(data[0].Metrics);
        Assert.False(metric.HasName);
        Assert.False(metric.HasIsHistorical);
        Assert.Equal(SparkplugB.AliasOf("melt-flow"), metric.Alias);
        Assert.Equal(51.2, metric.DoubleValue);
    }

    [Fact]
    public void Sparkplug_marks_what_waited_in_the_buffer_as_historical()
    {
        var message = Read(new SparkplugB("line-9").Data(new(1, Micros, [Value("melt-flow", 51.2)]), historical: true));

        Assert.True(Assert.Single(message.Metrics).IsHistorical);
    }

    [Fact]
    public void Sparkplug_death_carries_the_bd_seq_of_its_birth_and_the_next_session_another()
    {
        var format = new SparkplugB("line-9");
        for (var session = 0; session < 258; session++)
        {
            var will = format.Will();
            Assert.Equal("spBv1.0/pollux/NDEATH/line-9-gateway", will.Topic);
            Assert.False(Read(will).HasSeq);
            Assert.Equal((ulong)session % 256, BdSeq(Read(will)));
            Assert.Equal((ulong)session % 256, BdSeq(Read(format.Birth([], Micros)[0])));
            Assert.Equal((ulong)session % 256, BdSeq(Read(format.Death(Micros))));
        }
    }

    [Fact]
    public void Sparkplug_asks_for_rebirth_only_by_its_own_node_command()
    {
        var format = new SparkplugB("line-9");
        var request = new Payload();
        request.Metrics.Add(new Payload.Types.Metric { Name = "Node Control/Rebirth", Datatype = 11, BooleanValue = true });
        var topic = Assert.Single(format.Subscriptions);

        Assert.Equal("spBv1.0/pollux/NCMD/line-9-gateway", topic);
        Assert.True(format.AsksForRebirth(topic, request.ToByteArray()));
        Assert.False(format.AsksForRebirth("spBv1.0/pollux/NCMD/other", request.ToByteArray()));
        Assert.False(format.AsksForRebirth(topic, Encoding.UTF8.GetBytes("not protobuf")));
    }

    [Fact]
    public void A_rebirth_starts_the_sequence_again_and_keeps_the_session()
    {
        var format = new SparkplugB("line-9");
        format.Will();
        format.Birth([], Micros);
        format.Data(new(1, Micros, []), historical: false);
        var rebirth = Read(format.Birth([], Micros)[0]);

        Assert.Equal(0ul, rebirth.Seq);
        Assert.Equal(0ul, BdSeq(rebirth));
    }

    static ulong BdSeq(Payload payload) => payload.Metrics.Single(metric => metric.Name == "bdSeq").LongValue;

    static Payload Read(Packet packet) => Payload.Parser.ParseFrom(packet.Payload);

    static Measurement Value(string sensor, double value) => new(Spec(sensor), value, Micros);

    static SensorSpec Spec(string sensor) => SensorCatalog.All.Single(spec => spec.Id == sensor);
}

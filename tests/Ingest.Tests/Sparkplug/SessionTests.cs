using Contracts.Sparkplug;
using FsCheck.Xunit;
using Google.Protobuf;
using Ingest.Payloads;
using TwinModel.Telemetry;
using static Ingest.Tests.Given;
using Metric = Contracts.Sparkplug.Payload.Types.Metric;

namespace Ingest.Tests.Sparkplug;

/// <summary>Births, aliases, sequence numbers, deaths.</summary>
public class SessionTests : SparkplugTest
{
    [Fact]
    public void An_unknown_alias_is_rejected_and_asks_for_a_rebirth()
    {
        BornWithMelt();
        var news = Data(2, Changed(7, 201), Changed(8, 5));
        Assert.True(news.RebirthRequested);
        Assert.Equal(201, Assert.Single(decoded.Readings).Value);
        Assert.Equal("unknown-alias", Assert.Single(decoded.Rejections).Code);
    }

    [Fact]
    public void Data_before_its_birth_is_rejected_and_asks_for_one_rebirth_in_ten_seconds()
    {
        Assert.True(Data(17, Changed(7, 1), Changed(8, 1)).RebirthRequested);
        Assert.Empty(decoded.Readings);
        Assert.Equal(2, decoded.RejectedReadings);
        Assert.Equal("unknown-alias", Assert.Single(decoded.Rejections).Code);
        Assert.False(Data(18, Changed(7, 1)).RebirthRequested);
        Assert.True(Receive(
            "spBv1.0/pollux/DDATA/edge-1/line-1", Message(19, NowMillis, Changed(7, 1)), Now + 10_000_000).RebirthRequested);
    }

    [Fact]
    public void A_birth_answers_the_request()
    {
        Data(17, Changed(7, 1));
        BornWithMelt();
        Assert.False(Data(2, Changed(7, 201)).RebirthRequested);
        Assert.Equal(201, decoded.Reading().Value);
    }

    [Fact]
    public void A_gap_in_the_sequence_asks_once_and_keeps_the_readings()
    {
        BornWithMelt();
        Assert.False(Data(2, Changed(7, 1)).RebirthRequested);
        Assert.True(Data(4, Changed(7, 2)).RebirthRequested);
        Assert.Equal(2, decoded.Reading().Value);
        Assert.False(Data(5, Changed(7, 3)).RebirthRequested);
        Assert.Equal(3, decoded.Reading().Value);
    }

    [Fact]
    public void The_sequence_wraps_from_255_to_0()
    {
        BornWithMelt();
        for (var seq = 2ul; seq < 600; seq++) Assert.False(Data(seq % 256, Changed(7, seq)).RebirthRequested);
    }

    [Fact]
    public void The_sequence_runs_over_all_messages_of_the_node()
    {
        BornWithMelt();
        Assert.False(Receive("spBv1.0/pollux/DBIRTH/edge-1/line-2", Message(2, NowMillis, Declared(Melt, 9, 1))).RebirthRequested);
        Assert.False(Receive("spBv1.0/pollux/NDATA/edge-1", Message(3, NowMillis)).RebirthRequested);
        Assert.False(Data(4, Changed(7, 1)).RebirthRequested);
        Assert.False(Receive("spBv1.0/pollux/DDEATH/edge-1/line-2", Message(5, NowMillis)).RebirthRequested);
        Assert.True(Data(7, Changed(7, 1)).RebirthRequested);
    }

    [Fact]
    public void A_repeated_message_is_no_gap()
    {
        BornWithMelt();
        Data(2, Changed(7, 1));
        Assert.False(Data(2, Changed(7, 1)).RebirthRequested);
        Assert.False(Data(3, Changed(7, 1)).RebirthRequested);
    }

    [Fact]
    public void A_repeated_node_birth_keeps_the_aliases_of_devices()
    {
        BornWithMelt();
        NodeBirth();
        Assert.False(Data(2, Changed(7, 201)).RebirthRequested);
        Assert.Equal(201, decoded.Reading().Value);
    }

    [Fact]
    public void A_new_node_birth_voids_the_aliases_of_devices()
    {
        BornWithMelt();
        NodeBirth(timestamp: NowMillis + 5000);
        Assert.True(Data(1, Changed(7, 201)).RebirthRequested);
        Assert.Equal("unknown-alias", decoded.Code());
    }

    [Fact]
    public void Aliases_of_two_devices_may_be_the_same()
    {
        BornWithMelt();
        Receive("spBv1.0/pollux/DBIRTH/edge-1/line-2", Message(2, NowMillis, Declared(Pressure, 7, 1)));
        Data(3, Changed(7, 201));
        Assert.Equal(6, decoded.Reading().Sensor);
    }

    [Fact]
    public void A_node_death_takes_its_devices_offline()
    {
        NodeBirth(birthNumber: 3);
        DeviceBirth(1, Declared(Melt, 7, 200));
        Receive("spBv1.0/pollux/DBIRTH/edge-1/line-2", Message(2, NowMillis, Declared(Melt, 9, 1)));
        Assert.Equal(["line-1", "line-2"], NodeDeath(3).WentOffline.Order());
        Assert.Empty(NodeDeath(3).WentOffline);
        Assert.True(Data(3, Changed(7, 1)).RebirthRequested);
    }

    [Fact]
    public void A_late_death_of_a_former_session_is_passed_over()
    {
        NodeBirth(birthNumber: 4);
        DeviceBirth(1, Declared(Melt, 7, 200));
        Assert.Empty(NodeDeath(3).WentOffline);
        Data(2, Changed(7, 201));
        Assert.Equal(201, decoded.Reading().Value);
    }

    [Fact]
    public void A_device_death_takes_the_device_offline_until_its_next_birth()
    {
        BornWithMelt();
        Assert.Equal(["line-1"], Receive("spBv1.0/pollux/DDEATH/edge-1/line-1", Message(2, NowMillis)).WentOffline);
        Data(3, Changed(7, 1));
        Assert.Equal("unknown-alias", decoded.Code());
        DeviceBirth(4, Declared(Melt, 8, 1));
        Data(5, Changed(8, 2));
        Assert.Equal(2, decoded.Reading().Value);
    }

    [Fact]
    public void A_device_that_is_not_registered_is_rejected_without_a_rebirth()
    {
        NodeBirth();
        Assert.False(Receive(
            "spBv1.0/pollux/DBIRTH/edge-1/other", Message(1, NowMillis, Declared(Melt, 7, 1), Declared(Pressure, 8, 1))).RebirthRequested);
        Assert.Equal(2, decoded.RejectedReadings);
        Assert.Equal("unknown-asset", Assert.Single(decoded.Rejections).Code);
    }
}

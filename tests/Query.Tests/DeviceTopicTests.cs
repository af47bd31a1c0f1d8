using Cli.Devices;

namespace Query.Tests;

/// <summary>What the account of a device may do, from the connections of its asset's model.</summary>
public class DeviceTopicTests
{
    [Fact]
    public void Topics_name_the_asset_and_leave_the_sensor_open() => Assert.Equal(
        ["topic write pollux/pump-7/senml", "topic write pollux/pump-7/sensors/+"],
        DeviceTopics.Of("pump-7", [("pollux/{asset}/senml", "senml"), ("pollux/{asset}/sensors/{sensor}", "plain")], "node"));

    [Fact]
    public void A_sparkplug_device_speaks_for_its_own_node_and_hears_its_commands() => Assert.Equal(
        [
            "topic write spBv1.0/plant/NBIRTH/gateway-1", "topic write spBv1.0/plant/NDATA/gateway-1",
            "topic write spBv1.0/plant/NDEATH/gateway-1", "topic write spBv1.0/plant/DBIRTH/gateway-1/press-1",
            "topic write spBv1.0/plant/DDATA/gateway-1/press-1", "topic write spBv1.0/plant/DDEATH/gateway-1/press-1",
            "topic read spBv1.0/plant/NCMD/gateway-1", "topic read spBv1.0/plant/DCMD/gateway-1/press-1",
            "topic read spBv1.0/STATE/+", "topic read STATE/+",
        ],
        DeviceTopics.Of("press-1", [("spBv1.0/plant/{message}/{node}/{asset}", "sparkplug-b")], "gateway-1"));

    [Fact]
    public void A_model_that_names_the_node_allows_no_other() => Assert.All(
        DeviceTopics.Of("press-1", [("spBv1.0/plant/{message}/line-2/{asset}", "sparkplug-b")], "gateway-1"),
        line => Assert.DoesNotContain("gateway-1", line, StringComparison.Ordinal));
}

using MQTTnet;
using MQTTnet.Protocol;

namespace Benchmarks.Load;

/// <summary>Counts messages, like the simplest possible consumer.</summary>
sealed class Subscriber(IMqttClient client, Task received) : IDisposable
{
    public Task AllReceived => received;

    public static async Task<Subscriber> Connect(string mqtt, string filter, int expected, CancellationToken cancel)
    {
        var uri = new Uri(mqtt);
        var client = new MqttClientFactory().CreateMqttClient();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        client.ApplicationMessageReceivedAsync += _ =>
        {
            if (++count == expected) all.TrySetResult();
            return Task.CompletedTask;
        };
        var options = new MqttClientOptionsBuilder().WithBroker(uri)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithReceiveMaximum(ushort.MaxValue).Build();
        // The same receive buffer as ingest's, so that the library's small default does not slow down the baseline.
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = 1 << 20;
        await client.ConnectAsync(options, cancel);
        await client.SubscribeAsync(
            new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancel);
        return new(client, all.Task.WaitAsync(TimeSpan.FromMinutes(5), cancel));
    }

    public void Dispose() => client.Dispose();
}

using MQTTnet;
using MQTTnet.Protocol;

namespace Benchmarks.Load;

/// <summary>Counts messages, as the barest consumer would.</summary>
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
        var options = new MqttClientOptionsBuilder().WithTcpServer(uri.Host, uri.Port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithReceiveMaximum(ushort.MaxValue).Build();
        // The same receive buffer as ingest has: the baseline must not be held back by the library's small one.
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = 1 << 20;
        await client.ConnectAsync(options, cancel);
        await client.SubscribeAsync(
            new MqttClientSubscribeOptionsBuilder().WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancel);
        return new(client, all.Task.WaitAsync(TimeSpan.FromMinutes(5), cancel));
    }

    public void Dispose() => client.Dispose();
}

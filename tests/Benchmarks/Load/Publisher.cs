using System.Globalization;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;

namespace Benchmarks.Load;

/// <summary>Publishes frames of 12 readings as SenML, QoS 1, over several connections with bounded unacknowledged messages.</summary>
sealed class Publisher : IAsyncDisposable
{
    const int Connections = 4;
    const int InFlightPerConnection = 200;

    static readonly string[] Sensors =
    [
        "zone-1-temperature", "zone-2-temperature", "zone-3-temperature", "zone-4-temperature", "zone-5-temperature", "melt-temperature",
        "melt-pressure", "melt-flow", "screw-speed", "motor-current", "motor-power", "bearing-vibration",
    ];

    static readonly double[] Levels = [160, 180, 190, 200, 200, 238, 82.1, 51, 80, 21.5, 9.82, 1.21];

    public const int ReadingsPerFrame = 12;

    readonly List<IMqttClient> clients = [];
    readonly List<SemaphoreSlim> windows = [];

    public static async Task<Publisher> Connect(string mqtt, CancellationToken cancel)
    {
        var publisher = new Publisher();
        var uri = new Uri(mqtt);
        for (var i = 0; i < Connections; i++)
        {
            var client = new MqttClientFactory().CreateMqttClient();
            await client.ConnectAsync(
                new MqttClientOptionsBuilder().WithBroker(uri)
                    .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build(), cancel);
            publisher.clients.Add(client);
            publisher.windows.Add(new(InFlightPerConnection));
        }
        return publisher;
    }

    /// <summary>One frame of an asset at the given sample time, as a device with a resolution of 0.1 would send it.</summary>
    public static byte[] Frame(long sampledAtMicros, Random noise)
    {
        var text = new StringBuilder(640);
        text.Append(CultureInfo.InvariantCulture, $"[{{\"bt\":{sampledAtMicros / 1_000_000}.{sampledAtMicros % 1_000_000:000000},");
        for (var s = 0; s < Sensors.Length; s++)
        {
            if (s > 0) text.Append(",{");
            var value = Levels[s] + noise.Next(-5, 6) * (Levels[s] < 20 ? 0.01 : 0.1);
            text.Append(CultureInfo.InvariantCulture, $"\"n\":\"{Sensors[s]}\",\"v\":{value:0.##}}}");
        }
        return Encoding.UTF8.GetBytes(text.Append(']').ToString());
    }

    /// <summary>Publishes without waiting for the acknowledgement, unless too many are outstanding on the asset's connection.</summary>
    public async Task Publish(string topic, int asset, byte[] payload, CancellationToken cancel)
    {
        var (client, window) = (clients[asset % Connections], windows[asset % Connections]);
        await window.WaitAsync(cancel);
        _ = Send();

        async Task Send()
        {
            try
            {
                await client.PublishAsync(new MqttApplicationMessage
                {
                    Topic = topic,
                    PayloadSegment = payload,
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                }, cancel);
            }
            finally
            {
                window.Release();
            }
        }
    }

    /// <summary>Waits until everything has been acknowledged.</summary>
    public async Task Drain(CancellationToken cancel)
    {
        foreach (var window in windows)
        {
            for (var i = 0; i < InFlightPerConnection; i++) await window.WaitAsync(cancel);
            window.Release(InFlightPerConnection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
        {
            await client.DisconnectAsync();
            client.Dispose();
        }
    }
}

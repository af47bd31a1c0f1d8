using MQTTnet;

namespace Integration.Tests.Running;

static class BrokerAccount
{
    /// <summary>Connects to a broker under the account in its address, if there is one.</summary>
    public static MqttClientOptionsBuilder WithBroker(this MqttClientOptionsBuilder options, Uri mqtt)
    {
        options.WithTcpServer(mqtt.Host, mqtt.Port);
        return mqtt.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password] ? options.WithCredentials(user, password) : options;
    }
}

using MQTTnet;
using ServiceDefaults;

namespace Plant.Gateway;

/// <summary>Address of the broker: <c>mqtt://[user:password@]host[:port]</c>, or <c>mqtts</c> for TLS.</summary>
sealed record MqttAddress(string Host, int Port, bool Tls, string? User, string? Password)
{
    const string Allowed = "mqtt://host:port or mqtts://host:port";

    public static MqttAddress Parse(string connectionString)
    {
        if (!Uri.TryCreate(connectionString, UriKind.Absolute, out var uri) || uri is not { Scheme: "mqtt" or "mqtts", Host.Length: > 0 })
            throw new InvalidSettingException("ConnectionStrings:Mqtt", connectionString, Allowed, isSecret: true);
        var tls = uri.Scheme == "mqtts";
        var login = uri.UserInfo.Length == 0 ? [] : uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        return new(uri.Host, uri.Port > 0 ? uri.Port : tls ? 8883 : 1883, tls, login.ElementAtOrDefault(0), login.ElementAtOrDefault(1));
    }

    public MqttClientOptionsBuilder ApplyTo(MqttClientOptionsBuilder options)
    {
        options.WithTcpServer(Host, Port);
        if (Tls) options.WithTlsOptions(tls => tls.UseTls());
        if (User is not null) options.WithCredentials(User, Password ?? "");
        return options;
    }
}

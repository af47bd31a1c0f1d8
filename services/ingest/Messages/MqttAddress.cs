using MQTTnet;
using ServiceDefaults;

namespace Ingest.Messages;

/// <summary>Address of the MQTT broker, and the account there.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="User">Name of the account; null: none.</param>
/// <param name="Password">Its password.</param>
/// <param name="Tls">How the connection is encrypted; null: it is not.</param>
sealed record MqttAddress(string Host, int Port, string? User = null, string? Password = null, BrokerCertificate? Tls = null)
{
    /// <summary>Reads it from <c>mqtt://[user:password@]host[:port]</c>, or <c>mqtts</c> for TLS.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="authority">File with the certificates that vouch for the broker's; null: those of the system.</param>
    public static MqttAddress Of(IConfiguration configuration, string? authority = null)
    {
        var uri = new Uri(configuration.RequireConnectionString(
            "Mqtt", "mqtt://host:port, mqtt://user:password@host:port or mqtts://…", text =>
                Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "mqtt" or "mqtts", Host.Length: > 0 }));
        var isEncrypted = uri.Scheme == "mqtts";
        var login = uri.UserInfo.Length == 0 ? [] : uri.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        return new(
            uri.Host, uri.Port > 0 ? uri.Port : isEncrypted ? 8883 : 1883, login.ElementAtOrDefault(0), login.ElementAtOrDefault(1),
            isEncrypted ? BrokerCertificate.VouchedForBy(authority) : null);
    }
}

static class BrokerOptions
{
    /// <summary>Connects to a broker under the address's account.</summary>
    public static MqttClientOptionsBuilder WithBroker(this MqttClientOptionsBuilder options, MqttAddress address)
    {
        options.WithTcpServer(address.Host, address.Port);
        if (address.User is not null) options.WithCredentials(address.User, address.Password ?? "");
        if (address.Tls is { } tls) options.WithTlsOptions(o => o.UseTls().WithCertificateValidationHandler(tls.IsTrusted));
        return options;
    }
}

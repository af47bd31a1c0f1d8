using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using ServiceDefaults;

namespace Ingest.Messages;

/// <summary>Decides whether the broker's certificate is trusted.</summary>
sealed class BrokerCertificate
{
    readonly X509Certificate2Collection? authorities;

    BrokerCertificate(X509Certificate2Collection? authorities) => this.authorities = authorities;

    /// <param name="file">PEM file of the certificates that vouch for the broker's; null: those of the system.</param>
    /// <exception cref="InvalidSettingException">There is no certificate in the file.</exception>
    public static BrokerCertificate VouchedForBy(string? file)
    {
        if (file is not { Length: > 0 }) return new(null);
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
        }
        return authorities.Count > 0
            ? new(authorities)
            : throw new InvalidSettingException("Ingest:MqttAuthorityFile", file, "a PEM file with at least one certificate");
    }

    /// <summary>When the certificate that was last seen ends; null before the first.</summary>
    public DateTimeOffset? EndsAt { get; private set; }

    public bool IsTrusted(MqttClientCertificateValidationEventArgs given)
    {
        if (given.Certificate is null) return false;
        using var certificate = X509CertificateLoader.LoadCertificate(given.Certificate.Export(X509ContentType.Cert));
        return IsTrusted(certificate, given.SslPolicyErrors);
    }

    /// <param name="certificate">The broker's.</param>
    /// <param name="errors">What the system has against it.</param>
    public bool IsTrusted(X509Certificate2 certificate, SslPolicyErrors errors)
    {
        EndsAt = certificate.NotAfter.ToUniversalTime();
        if (authorities is null) return errors == SslPolicyErrors.None;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}

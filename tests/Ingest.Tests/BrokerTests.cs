using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ingest.Messages;
using Microsoft.Extensions.Configuration;
using ServiceDefaults;

namespace Ingest.Tests;

/// <summary>The broker's address with its account, and which certificates of a broker are trusted.</summary>
public sealed class BrokerTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("broker").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("mqtt://broker", "broker", 1883, null, null, false)]
    [InlineData("mqtt://ingest:p%40ss@broker:1884", "broker", 1884, "ingest", "p@ss", false)]
    [InlineData("mqtts://ingest:secret@broker", "broker", 8883, "ingest", "secret", true)]
    public void An_address_may_hold_an_account(string text, string host, int port, string? user, string? password, bool isEncrypted)
    {
        var address = MqttAddress.Of(Settings(text));
        Assert.Equal((host, port), (address.Host, address.Port));
        Assert.Equal((user, password, isEncrypted), (address.User, address.Password, address.Tls is not null));
    }

    [Theory]
    [InlineData("http://ingest:secret@broker")]
    [InlineData("mqtts:ingest:secret")]
    public void Another_address_is_refused_without_repeating_it(string text)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => MqttAddress.Of(Settings(text)));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_certificates_of_the_given_authority_for_this_host_are_trusted()
    {
        using var authority = Authority("plant");
        using var stranger = Authority("stranger");
        var file = Path.Combine(folder, "ca.pem");
        File.WriteAllText(file, authority.ExportCertificatePem());
        var trust = BrokerCertificate.VouchedForBy(file);
        using var own = Signed(authority);
        using var foreign = Signed(stranger);
        // The system does not know the authority, which is what the file is for.
        Assert.True(trust.IsTrusted(own, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.Equal(own.NotAfter.ToUniversalTime(), trust.EndsAt);
        Assert.False(trust.IsTrusted(own, SslPolicyErrors.RemoteCertificateNameMismatch));
        Assert.False(trust.IsTrusted(foreign, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.False(trust.IsTrusted(foreign, SslPolicyErrors.None));
        Assert.False(BrokerCertificate.VouchedForBy(null).IsTrusted(own, SslPolicyErrors.RemoteCertificateChainErrors));
        using var ended = Signed(authority, hours: -1);
        Assert.False(trust.IsTrusted(ended, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no certificate")]
    public void A_file_without_certificates_is_refused(string? content)
    {
        var file = Path.Combine(folder, "ca.pem");
        if (content is not null) File.WriteAllText(file, content);
        var refused = Assert.Throws<InvalidSettingException>(() => BrokerCertificate.VouchedForBy(file));
        Assert.Contains("Ingest:MqttAuthorityFile", refused.Message, StringComparison.Ordinal);
    }

    static IConfiguration Settings(string mqtt) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Mqtt", mqtt)]).Build();

    static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }

    static X509Certificate2 Signed(X509Certificate2 authority, int hours = 24)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256).Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(hours), [1, 2, 3]);
    }
}

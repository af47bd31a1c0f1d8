using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using ServiceDefaults;

namespace Identity.Accounts;

/// <summary>The key in <c>signing-key.pem</c> (ECDSA, P-256): it signs tokens, and what else is secret follows from it.</summary>
static class SigningKey
{
    public const string FileName = "signing-key.pem";

    public static string NewPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <exception cref="InvalidSettingException">There is no such key.</exception>
    public static (ECDsaSecurityKey Signing, SymmetricSecurityKey Encryption) Read(string directory)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(Path.Combine(directory, FileName)));
        }
        catch (Exception e) when (e is IOException or ArgumentException or CryptographicException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException(
                "Identity:Directory", directory, $"a directory with {FileName}, a private key of ECDSA P-256");
        }
        // Codes and refresh tokens are encrypted, for nobody but this service; a second file with a key could only be lost or mixed up.
        var encryption = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, key.ExportParameters(includePrivateParameters: true).D!, 32,
            info: "codes and refresh tokens"u8.ToArray());
        var id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..8]);
        return (new(key) { KeyId = id }, new(encryption));
    }
}

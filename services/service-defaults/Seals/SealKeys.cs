using System.Security.Cryptography;
using Contracts.Events;

namespace ServiceDefaults.Seals;

/// <summary>Signs seals with ECDSA on P-256.</summary>
public sealed class SealKey : IDisposable
{
    readonly ECDsa key;

    SealKey(ECDsa key) => (this.key, Id) = (key, SealKeys.IdOf(key));

    /// <summary>Identifies the public key.</summary>
    public string Id { get; }

    /// <summary>Reads a private key from a PEM file.</summary>
    /// <exception cref="InvalidSettingException">There is no such key in the file.</exception>
    public static SealKey Read(string setting, string file)
    {
        const string Allowed = "a readable PEM file with an ECDSA private key on P-256, as by "
            + "'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'";
        try
        {
            var key = SealKeys.Import(File.ReadAllText(file));
            // A public key can be read from the same file formats, but does not sign.
            key.SignData([], HashAlgorithmName.SHA256);
            return new(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new InvalidSettingException(setting, file, $"{Allowed} ({e.Message.TrimEnd('.')})");
        }
    }

    /// <summary>Completes a seal.</summary>
    public LogSealed Sign(LogSealed seal)
    {
        var signed = seal with { KeyId = Id };
        return signed with
        {
            Signature = key.SignData(
                new CanonicalBytes().Of(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}

/// <summary>The public keys that seals may be signed by, old ones too: a rotated key stays, as its seals do.</summary>
public sealed class SealKeys
{
    readonly Dictionary<string, ECDsa> keys = [];

    /// <summary>Identifiers of the keys.</summary>
    public IReadOnlyCollection<string> Ids => keys.Keys;

    /// <summary>
    /// Reads all <c>*.pem</c> files of a folder, or one file. Of a private key only the public part is used.
    /// </summary>
    /// <exception cref="InvalidInputException">There is no key, or a file is not one.</exception>
    public static SealKeys Read(string fieldName, string path)
    {
        const string Allowed = "a PEM file with an ECDSA key on P-256, or a folder of such files (*.pem)";
        var all = new SealKeys();
        try
        {
            string[] files = Directory.Exists(path) ? Directory.GetFiles(path, "*.pem") : [path];
            foreach (var file in files)
            {
                try
                {
                    all.Add(File.ReadAllText(file));
                }
                catch (Exception e) when (e is ArgumentException or CryptographicException)
                {
                    throw new InvalidInputException(fieldName, file, Allowed);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(fieldName, path, $"{Allowed} ({e.Message.TrimEnd('.')})");
        }
        return all.keys.Count > 0 ? all : throw new InvalidInputException(fieldName, path, $"{Allowed}; it has none");
    }

    /// <summary>Adds a key in PEM form.</summary>
    public void Add(string pem)
    {
        var key = Import(pem);
        keys[IdOf(key)] = key;
    }

    /// <summary>The keys in PEM form, by identifier.</summary>
    public IEnumerable<(string Id, string Pem)> Public => keys.Select(k => (k.Key, k.Value.ExportSubjectPublicKeyInfoPem() + "\n"));

    /// <summary>What is wrong with the signature of a seal; null when it is right.</summary>
    public string? Fault(LogSealed seal) =>
        !keys.TryGetValue(seal.KeyId, out var key)
            ? $"is signed by the key {seal.KeyId}, which is not among the given ones ({string.Join(", ", keys.Keys.Order())})"
            : key.VerifyData(
                new CanonicalBytes().Of(seal), seal.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ? null
                : $"does not have the signature of the key {seal.KeyId}";

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of a public key (SubjectPublicKeyInfo).</summary>
    internal static string IdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];

    internal static ECDsa Import(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key.KeySize == 256 ? key : throw new CryptographicException("The key is not on P-256.");
    }
}

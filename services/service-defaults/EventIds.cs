using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults;

/// <summary>Ids of events that are written often: they follow from the place in the log, so an archive need not keep them.</summary>
public static class EventIds
{
    /// <summary>
    /// The id of the event at a version of a stream: a UUID of version 8 (RFC 9562) from the first bytes of the SHA-256 of
    /// <c>{stream}@{version}</c>.
    /// </summary>
    public static Guid Of(string stream, long version)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{stream}@{version}")), hash);
        hash[6] = (byte)(0x80 | (hash[6] & 0x0f));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3f));
        return new(hash[..16], bigEndian: true);
    }
}

using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Identity.Accounts;

/// <summary>Passwords of people and secrets of programs: only hashes are kept (PBKDF2 with HMAC-SHA512, salted).</summary>
static class Secrets
{
    // As the OWASP password storage cheat sheet asks for.
    const int Iterations = 210_000;

    static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    // Compared with when there is no such account, so that an answer's time does not say which names exist.
    static readonly string Nobody = Hash(New());

    public static string Hash(string secret) => Hasher.HashPassword("", secret);

    /// <param name="hash">Null if there is no such account; the answer then is no, after as long.</param>
    /// <param name="given">What the caller says the secret is.</param>
    public static bool Match(string? hash, string? given) =>
        Hasher.VerifyHashedPassword("", hash ?? Nobody, given ?? "") != PasswordVerificationResult.Failed && hash is not null;

    /// <summary>Whether a text can be a hash at all.</summary>
    public static bool IsHash(string text)
    {
        try
        {
            // The layout of ASP.NET Core Identity, version 3.
            return Convert.FromBase64String(text) is [1, ..] and { Length: > 29 };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>A new random secret of 128 bits.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

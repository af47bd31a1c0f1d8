using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Access;

/// <summary>
/// Verifies each token once for a set of keys: a signature costs more than most answers. What changes without another token or other keys
/// is only the time.
/// </summary>
sealed class VerifyOnce(TimeProvider time) : JsonWebTokenHandler
{
    const int Most = 10_000;

    readonly MemoryCache proofs = new(new MemoryCacheOptions { SizeLimit = Most });

    sealed record Proof(TokenValidationResult Result, object Keys, DateTimeOffset End);

    /// <summary>What a token says, or why it says nothing.</summary>
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters parameters)
    {
        var keys = await Keys(parameters);
        if (proofs.TryGetValue(token, out Proof? proof) && ReferenceEquals(proof!.Keys, keys) && time.GetUtcNow() < proof.End)
            return proof.Result;
        var result = await base.ValidateTokenAsync(token, parameters);
        if (!result.IsValid || keys is null) return result;
        var end = new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero) + parameters.ClockSkew;
        proofs.Set(token, new Proof(result, keys, end), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = end });
        return result;
    }

    static async Task<object?> Keys(TokenValidationParameters parameters)
    {
        try
        {
            return parameters.ConfigurationManager is { } issuer ? await issuer.GetBaseConfigurationAsync(CancellationToken.None) : null;
        }
        catch (InvalidOperationException)
        {
            // The issuer cannot be reached.
            return null;
        }
    }
}

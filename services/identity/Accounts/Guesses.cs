using System.Threading.RateLimiting;

namespace Identity.Accounts;

/// <summary>
/// Slows down who guesses: after some wrong passwords for one account from one address, or many from one address, none is looked at for the
/// rest of the minute. Right ones do not count, and who guesses elsewhere locks nobody out.
/// </summary>
sealed class Guesses(IdentitySettings settings) : IDisposable
{
    const int AccountsPerAddress = 12;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    readonly PartitionedRateLimiter<(string Address, string Account)> ofAccount = Allow<(string, string)>(settings.FailuresPerMinute);
    readonly PartitionedRateLimiter<string> ofAddress = Allow<string>(settings.FailuresPerMinute * AccountsPerAddress);

    static PartitionedRateLimiter<T> Allow<T>(int failures)
        where T : notnull => PartitionedRateLimiter.Create<T, T>(key => RateLimitPartition.GetFixedWindowLimiter(
            key, _ => new FixedWindowRateLimiterOptions { PermitLimit = failures, Window = Window }));

    /// <summary>Whether a password is right; null: too many were wrong, it was not looked at.</summary>
    /// <param name="hash">Null if there is no such account.</param>
    /// <param name="given">What the caller says the password is.</param>
    /// <param name="address">Whence.</param>
    /// <param name="account">For which account.</param>
    public bool? IsRight(string? hash, string? given, string address, string account)
    {
        if (!ofAddress.AttemptAcquire(address, 0).IsAcquired || !ofAccount.AttemptAcquire((address, account), 0).IsAcquired) return null;
        if (Secrets.Match(hash, given)) return true;
        ofAddress.AttemptAcquire(address).Dispose();
        ofAccount.AttemptAcquire((address, account)).Dispose();
        return false;
    }

    public void Dispose()
    {
        ofAccount.Dispose();
        ofAddress.Dispose();
    }
}

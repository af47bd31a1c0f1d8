using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Access;

/// <summary>What a tenant may use up to an amount.</summary>
public enum Quota
{
    /// <summary>MQTT messages of a UTC day.</summary>
    MessagesPerDay,

    /// <summary>Readings of a UTC day that are new to the log.</summary>
    ReadingsPerDay,

    /// <summary>Megabytes of readings and rejected payloads that the log holds.</summary>
    MegabytesKept,

    /// <summary>Scenarios, decisions, backtests and calibrations of a UTC day.</summary>
    ScenariosPerDay,
}

/// <summary>A tenant has used what it may use; it is said in one line, with the remedy.</summary>
public sealed class QuotaException(string message, TimeSpan retryAfter) : BusyException(message, retryAfter);

/// <summary>
/// How much each tenant may use: the section <c>Quotas</c>. Its values hold for every tenant, those of <c>Quotas:Tenants:{name}</c> for
/// one; 0, the default, is no limit. What belongs to no tenant is not limited.
/// </summary>
public sealed class Quotas
{
    const string Section = "Quotas";
    const string OfOne = "Tenants";
    const long Most = 1_000_000_000_000_000;

    readonly Dictionary<(string Tenant, Quota Quota), long> limits = [];

    /// <summary>Names and values of the section.</summary>
    /// <exception cref="InvalidSettingException">A name is unknown, or a value is not a whole number from 0.</exception>
    public static Quotas Read(IConfiguration configuration)
    {
        var quotas = new Quotas();
        var section = configuration.GetSection(Section);
        quotas.Take("", section.GetChildren().Where(c => !c.Key.Equals(OfOne, StringComparison.OrdinalIgnoreCase)));
        foreach (var tenant in section.GetSection(OfOne).GetChildren()) quotas.Take(tenant.Key, tenant.GetChildren());
        return quotas;
    }

    void Take(string tenant, IEnumerable<IConfigurationSection> given)
    {
        foreach (var entry in given)
        {
            if (!Enum.TryParse<Quota>(entry.Key, ignoreCase: true, out var quota) || int.TryParse(entry.Key, out _))
                throw new InvalidSettingException(
                    entry.Path, entry.Value, $"no such setting; there are {string.Join(", ", Enum.GetNames<Quota>())}");
            limits[(tenant, quota)] =
                long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit <= Most
                    ? limit
                    : throw new InvalidSettingException(entry.Path, entry.Value, "a whole number from 0, which is no limit");
        }
    }

    /// <summary>The limit of a tenant; null: none.</summary>
    public long? Of(string? tenant, Quota quota) => tenant is null ? null
        : (limits.TryGetValue((tenant, quota), out var own) ? own : limits.GetValueOrDefault(("", quota))) is > 0 and var limit ? limit
        : null;

    /// <summary>What to answer a tenant that has used as much as it may; null: it may go on.</summary>
    /// <param name="tenant">The tenant, or null.</param>
    /// <param name="quota">Of what.</param>
    /// <param name="used">How much it has used, in the unit of the quota.</param>
    /// <param name="now">The time; days end at midnight UTC.</param>
    public QuotaException? Exceeded(string? tenant, Quota quota, double used, DateTimeOffset now)
    {
        if (Of(tenant, quota) is not { } limit || used < limit) return null;
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        var setting = string.Create(CultureInfo.InvariantCulture, $"{Section}:{OfOne}:{tenant}:{quota}, now {limit}");
        return quota == Quota.MegabytesKept
            ? new(
                $"Tenant '{tenant}' keeps as much as it may. Who runs the system can archive days, or raise {setting}.",
                TimeSpan.FromHours(1))
            : new(
                FormattableString.Invariant(
                    $"Tenant '{tenant}' has used what it may use today; it can go on at {midnight:u}. ")
                    + $"Who runs the system can raise {setting}.",
                midnight - now);
    }
}

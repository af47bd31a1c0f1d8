using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Access;

namespace Query.Api;

/// <summary>
/// How much a tenant may have computed of a UTC day. What is stored says what all replicas let through, and this one knows what it let
/// through itself, so many requests at a time are not all told that there is still one left.
/// </summary>
sealed class ScenarioQuota(Quotas quotas, AssetRegistry assets, NpgsqlDataSource source, TimeProvider time)
{
    readonly Lock held = new();
    readonly Dictionary<string, long> taken = [];
    DateOnly day;

    /// <summary>Asks simulation for one of the day's; what it does not accept does not count.</summary>
    /// <exception cref="QuotaException">The asset's tenant has used them all.</exception>
    public async Task<T> Take<T>(RegisteredAsset asset, Func<Task<T>> ask, CancellationToken cancel)
    {
        if (quotas.Of(asset.Tenant, Quota.ScenariosPerDay) is null) return await ask();
        var tenant = asset.Tenant!;
        var now = time.GetUtcNow();
        Take(tenant, await Stored(tenant, Streams.DayOf(now), cancel), now);
        try
        {
            return await ask();
        }
        catch
        {
            lock (held) taken[tenant] = Math.Max(0, taken.GetValueOrDefault(tenant) - 1);
            throw;
        }
    }

    void Take(string tenant, long stored, DateTimeOffset now)
    {
        lock (held)
        {
            if (day != Streams.DayOf(now)) taken.Clear();
            day = Streams.DayOf(now);
            var used = Math.Max(stored, taken.GetValueOrDefault(tenant));
            if (quotas.Exceeded(tenant, Quota.ScenariosPerDay, used, now) is { } exceeded) throw exceeded;
            taken[tenant] = used + 1;
        }
    }

    async Task<long> Stored(string tenant, DateOnly today, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            select (select count(*) from {ReadModels.Scenario} where requested_at >= $1 and asset_id = any($2))
                + (select count(*) from {ReadModels.Decision} where recommended_at >= $1 and asset_id = any($2))
                + (select count(*) from {ReadModels.Calibration} where requested_at >= $1 and asset_id = any($2))
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = today.ToDateTime(default, DateTimeKind.Utc) },
            new() { Value = assets.All.Where(a => a.Tenant == tenant).Select(a => a.Id).ToArray() },
        });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}

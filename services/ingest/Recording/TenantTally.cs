namespace Ingest.Recording;

/// <summary>Amounts that a tenant uses.</summary>
/// <param name="Messages">MQTT messages.</param>
/// <param name="Readings">Readings new to the log.</param>
/// <param name="Bytes">Bytes of their events, as kept.</param>
/// <param name="RejectedBytes">Bytes of rejections, as kept.</param>
readonly record struct Amounts(long Messages, long Readings, long Bytes, long RejectedBytes)
{
    public static Amounts operator +(Amounts a, Amounts b) =>
        new(a.Messages + b.Messages, a.Readings + b.Readings, a.Bytes + b.Bytes, a.RejectedBytes + b.RejectedBytes);

    public static Amounts operator -(Amounts a) => new(-a.Messages, -a.Readings, -a.Bytes, -a.RejectedBytes);
}

/// <summary>What has been used of a UTC day, or by what is kept.</summary>
/// <param name="Today">On the day.</param>
/// <param name="KeptBytes">What the log holds of all days.</param>
readonly record struct Used(Amounts Today, long KeptBytes);

/// <summary>
/// Counts what tenants use: what the database says that all replicas had written, and what this one has not written yet. Thread-safe.
/// </summary>
sealed class TenantTally
{
    readonly Lock held = new();
    readonly Dictionary<(string Tenant, string AssetId, DateOnly Day), Amounts> unwritten = [];

    // The same of all assets together: it is asked for each message.
    readonly Dictionary<(string Tenant, DateOnly Day), Amounts> open = [];
    Dictionary<string, Amounts> today = [];
    Dictionary<string, long> kept = [];
    DateOnly day;

    /// <summary>Counts what an asset of a tenant used.</summary>
    public void Count(string tenant, string assetId, DateOnly on, Amounts amounts)
    {
        lock (held)
        {
            Add(unwritten, (tenant, assetId, on), amounts);
            Add(open, (tenant, on), amounts);
        }
    }

    /// <summary>What a tenant has used on a day, and keeps.</summary>
    public Used Of(string tenant, DateOnly on)
    {
        lock (held)
        {
            var written = day == on ? today.GetValueOrDefault(tenant) : default;
            var (ofDay, bytes) = (written, kept.GetValueOrDefault(tenant));
            foreach (var (key, amounts) in open)
            {
                if (key.Tenant != tenant) continue;
                bytes += amounts.Bytes + amounts.RejectedBytes;
                if (key.Day == on) ofDay += amounts;
            }
            return new(ofDay, bytes);
        }
    }

    /// <summary>Tenants that use something.</summary>
    public IReadOnlyCollection<string> Tenants
    {
        get
        {
            lock (held) return [.. today.Keys.Union(kept.Keys).Union(open.Keys.Select(k => k.Tenant))];
        }
    }

    /// <summary>What is to be written now; it stays counted until <see cref="Written"/>.</summary>
    public IReadOnlyList<KeyValuePair<(string Tenant, string AssetId, DateOnly Day), Amounts>> Unwritten
    {
        get
        {
            lock (held) return [.. unwritten];
        }
    }

    /// <summary>What was to be written is in the database, which says what has been used in all.</summary>
    public void Written(
        IReadOnlyList<KeyValuePair<(string Tenant, string AssetId, DateOnly Day), Amounts>> written, DateOnly on,
        Dictionary<string, Amounts> ofDay, Dictionary<string, long>? keptBytes)
    {
        lock (held)
        {
            foreach (var (key, amounts) in written)
            {
                Add(unwritten, key, -amounts);
                Add(open, (key.Tenant, key.Day), -amounts);
                // Until the database is asked again.
                if (keptBytes is null)
                    kept[key.Tenant] = kept.GetValueOrDefault(key.Tenant) + amounts.Bytes + amounts.RejectedBytes;
            }
            (day, today, kept) = (on, ofDay, keptBytes ?? kept);
        }
    }

    static void Add<TKey>(Dictionary<TKey, Amounts> to, TKey key, Amounts amounts)
        where TKey : notnull
    {
        var sum = to.GetValueOrDefault(key) + amounts;
        if (sum == default) to.Remove(key);
        else to[key] = sum;
    }
}

using Contracts.Events;
using Contracts.Messages;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Access;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Ingest.Recording;

/// <summary>
/// What tenants have used of their quotas, over all replicas. A replica counts by itself and tells the others through a table every few
/// seconds, so a tenant can go over its quota by what the others take in that time.
/// </summary>
sealed partial class TenantUse(Quotas quotas, NpgsqlDataSource source, TimeProvider time, ILogger<TenantUse> logger) : BackgroundService
{
    /// <summary>Reason for which readings over a quota are rejected.</summary>
    public const string OverQuota = "over-quota";

    // Of a row besides its data. Measured on the first 166 events of readings of an extrusion line: 365 for ids, times and headers, 329 for
    // entries of indexes, which are fuller in a larger table.
    const int BytesPerEvent = 600;

    const double BytesPerMegabyte = 1e6;

    static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    static readonly TimeSpan AskForKeptEvery = TimeSpan.FromMinutes(1);

    static readonly Quota[] Recorded = [Quota.MessagesPerDay, Quota.ReadingsPerDay, Quota.MegabytesKept];

    readonly TenantTally tally = new();
    DateTimeOffset askedForKept;

    /// <summary>The table of <see cref="ReadModels.TenantUse"/>.</summary>
    public static Table Table()
    {
        var table = new Table(new PostgresqlObjectName("ingest", "tenant_use", SchemaUtils.IdentifierUsage.General));
        table.AddColumn<string>("asset_id").AsPrimaryKey();
        table.AddColumn("day", "date").AsPrimaryKey();
        table.AddColumn("tenant", "text").NotNull();
        foreach (var amount in new[] { "messages", "readings", "bytes", "rejected_bytes" }) table.AddColumn(amount, "bigint").NotNull();
        table.Indexes.Add(new IndexDefinition("tenant_use_by_day") { Columns = ["day"] });
        return table;
    }

    /// <summary>Counts a message, whatever came of it.</summary>
    public void Taken(Submission submission)
    {
        if (submission.Asset?.Tenant is not { } tenant || submission.IsReplay || Payload.IsImport(submission.Payload.Source)) return;
        tally.Count(tenant, submission.AssetId, Streams.DayOf(time.GetUtcNow()), new(1, 0, 0, 0));
    }

    /// <summary>Counts what was appended for an asset.</summary>
    public void Appended(AssetAppend append, IEnumerable<AnnouncedBatch> batches)
    {
        if (append.Ledger.Tenant is not { } tenant) return;
        tally.Count(tenant, append.Ledger.AssetId, append.Ledger.Today, new(
            0, append.Additions.Readings.Count, batches.Sum(b => b.Batch!.Length + (long)BytesPerEvent),
            append.Additions.Rejections.Sum(r => r.Payload.Length + (long)BytesPerEvent)));
    }

    /// <summary>Why an asset's tenant may have nothing recorded any more; null: it may.</summary>
    public QuotaException? Exceeded(RegisteredAsset? asset)
    {
        if (asset?.Tenant is not { } tenant || Array.TrueForAll(Recorded, q => quotas.Of(tenant, q) is null)) return null;
        var now = time.GetUtcNow();
        var used = tally.Of(tenant, Streams.DayOf(now));
        return Recorded.Select(q => quotas.Exceeded(tenant, q, Amount(q, used), now)).FirstOrDefault(e => e is not null);
    }

    /// <summary>Rejects all readings of an asset whose tenant has used up a quota.</summary>
    /// <returns>The number of rejected readings.</returns>
    public int Refuse(RegisteredAsset? asset, List<Reading> readings, List<RejectionReason> reasons)
    {
        if (readings.Count == 0 || Exceeded(asset) is not { } exceeded) return 0;
        var refused = readings.Count;
        readings.Clear();
        reasons.Add(new(OverQuota, exceeded.Message));
        return refused;
    }

    static double Amount(Quota quota, in Used used) => quota switch
    {
        Quota.MessagesPerDay => used.Today.Messages,
        Quota.ReadingsPerDay => used.Today.Readings,
        _ => used.KeptBytes / BytesPerMegabyte,
    };

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        Measures.WatchQuotas(Shares);
        var failed = false;
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await Exchange(cancel);
                failed = false;
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                if (!failed) LogNotExchanged(e.Message);
                failed = true;
            }
        } while (await timer.WaitForNextTickAsync(cancel));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Exchange(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            LogNotExchanged(e.Message);
        }
    }

    // How much of each quota is used, of tenants that have one.
    IEnumerable<(string Tenant, Quota Quota, double Share)> Shares()
    {
        var today = Streams.DayOf(time.GetUtcNow());
        return tally.Tenants.SelectMany(t => Recorded.Where(q => quotas.Of(t, q) is not null)
            .Select(q => (t, q, Amount(q, tally.Of(t, today)) / quotas.Of(t, q)!.Value)));
    }

    async Task Exchange(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        // In one order, so that two replicas do not wait for each other.
        var unwritten = tally.Unwritten.OrderBy(u => u.Key.AssetId, StringComparer.Ordinal).ThenBy(u => u.Key.Day).ToList();
        var today = Streams.DayOf(now);
        var isAskedForKept = now - askedForKept >= AskForKeptEvery;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new($"""
            insert into {ReadModels.TenantUse} as u (tenant, asset_id, day, messages, readings, bytes, rejected_bytes)
            select * from unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
            on conflict (asset_id, day) do update set messages = u.messages + excluded.messages, readings = u.readings + excluded.readings,
                bytes = u.bytes + excluded.bytes, rejected_bytes = u.rejected_bytes + excluded.rejected_bytes
            """)
        {
            Parameters =
            {
                Column(u => u.Key.Tenant), Column(u => u.Key.AssetId), Column(u => u.Key.Day), Column(u => u.Value.Messages),
                Column(u => u.Value.Readings), Column(u => u.Value.Bytes), Column(u => u.Value.RejectedBytes),
            },
        });
        batch.BatchCommands.Add(new($"""
            select tenant, sum(messages)::bigint, sum(readings)::bigint from {ReadModels.TenantUse} where day = $1 group by tenant
            """)
        {
            Parameters = { new() { Value = today } },
        });
        // Of archived days, what the archive holds of them.
        if (isAskedForKept)
            batch.BatchCommands.Add(new($"""
                select u.tenant, sum(u.rejected_bytes + coalesce(a.bytes, u.bytes))::bigint from {ReadModels.TenantUse} u
                left join (
                    select stream_id, sum(coalesce(octet_length(block), 0))::bigint as bytes from {Archive.Table} group by stream_id) a
                    on a.stream_id = 'telemetry/' || u.asset_id || '/' || to_char(u.day, 'YYYY-MM-DD')
                group by u.tenant
                """));
        Dictionary<string, Amounts> ofDay = [];
        Dictionary<string, long>? kept = isAskedForKept ? [] : null;
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) ofDay[reader.GetString(0)] = new(reader.GetInt64(1), reader.GetInt64(2), 0, 0);
        if (kept is not null && await reader.NextResultAsync(cancel))
            while (await reader.ReadAsync(cancel)) kept[reader.GetString(0)] = reader.GetInt64(1);
        tally.Written(unwritten, today, ofDay, kept);
        if (isAskedForKept) askedForKept = now;

        NpgsqlParameter Column<T>(Func<KeyValuePair<(string Tenant, string AssetId, DateOnly Day), Amounts>, T> of) =>
            new() { Value = unwritten.Select(of).ToArray() };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What tenants have used could not be exchanged with other replicas: {Reason}")]
    partial void LogNotExchanged(string reason);
}

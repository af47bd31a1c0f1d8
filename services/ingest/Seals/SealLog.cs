using Cluster;
using Contracts.Events;
using JasperFx.Events;
using Marten;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Seals;
using TwinModel.Telemetry;

namespace Ingest.Seals;

/// <summary>
/// Closes days of the log. A day ends at the safe position of the first look after midnight UTC, so each event is in exactly one day,
/// whatever its time stamp says, and late data never reopens one. The first event in the day's stream of seals decides the position; from
/// then on the work always gives the same seals, so whoever continues it, after a kill or beside another replica, appends what is missing.
/// </summary>
sealed partial class SealLog(
    IDocumentStore store, NpgsqlDataSource source, LogReader log, WriteFence mayWrite, SealKey key, TimeProvider time,
    ILogger<SealLog> logger)
{
    // Bounds a transaction: some 6 MB of seals that are full, or a tenth of a second of small ones.
    const int MostEvents = 500, MostFingerprintBytes = 4_000_000;

    readonly SealedLog seals = new(source, time);

    /// <summary>The day to close now, or null: one whose seal is not finished, else yesterday.</summary>
    /// <param name="lastSealed">The newest day whose seal is finished.</param>
    /// <param name="newest">The newest day with seals.</param>
    /// <param name="now">The time.</param>
    public static DateOnly? ToClose(DateOnly? lastSealed, DateOnly? newest, DateTimeOffset now)
    {
        if (newest > lastSealed || (newest is not null && lastSealed is null)) return newest;
        var yesterday = Streams.DayOf(now).AddDays(-1);
        return lastSealed is null || lastSealed < yesterday ? yesterday : null;
    }

    /// <summary>The newest seal of a day.</summary>
    public async Task<LogSealed?> Newest(CancellationToken cancel) => (await seals.Seals(cancel)).LastOrDefault()?.Seal;

    /// <summary>Closes a day if it is time.</summary>
    /// <returns>The newest seal.</returns>
    /// <exception cref="EventStreamUnexpectedMaxEventIdException">Another replica seals the same day; try again.</exception>
    /// <exception cref="InvalidDataException">The log was changed while it was being sealed.</exception>
    public async Task<LogSealed?> Run(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var last = await Newest(cancel);
        if (ToClose(last?.Day, await seals.NewestDay(cancel), now) is not { } day) return last;
        var sealedNow = await Close(day, last, cancel);
        LogClosed(CanonicalBytes.Shown(day), sealedNow.Events, sealedNow.Streams, sealedNow.UpTo, new CanonicalBytes().Hash(sealedNow));
        return sealedNow;
    }

    async Task<LogSealed> Close(DateOnly day, LogSealed? last, CancellationToken cancel)
    {
        var canonical = new CanonicalBytes();
        List<byte[]> known = [];
        long? decided = null;
        await foreach (var (closed, version, _) in seals.Closed(day, cancel))
        {
            if (closed is null)
                throw new InvalidDataException($"{Streams.Seal(day)} cannot be continued: version {version} cannot be read");
            decided ??= closed.UpTo;
            known.Add(canonical.Hash(closed));
        }
        var after = last?.UpTo ?? 0;
        var upTo = Math.Max(after, decided ?? await log.Position(cancel));
        var previous = last is null ? CloseDay.Nothing : canonical.Hash(last);
        var (closing, appending) = (new CloseDay(day, upTo, previous), new Appending(day, known.Count));
        List<(string Stream, long FirstVersion, byte[] Hash)> leaves = [];
        await foreach (var e in seals.Events(after, upTo, null, cancel))
            if (closing.Add(e) is { } full) await Take(full);
        foreach (var closed in closing.Rest()) await Take(closed);
        var seal = key.Sign(new(
            day, after, upTo, closing.Events, closing.Streams,
            Convert.ToHexStringLower(MerkleTree.RootOf(CloseDay.InOrder(leaves, l => l.Stream, l => l.FirstVersion).Select(l => l.Hash))),
            previous, Micros.ToTime(Micros.From(time.GetUtcNow())), "", []));
        appending.Add(seal);
        await Append(appending, cancel);
        return seal;

        async Task Take(DayClosed closed)
        {
            var hash = canonical.Hash(closed);
            leaves.Add((closed.Stream, closed.FirstVersion, hash));
            if (leaves.Count <= known.Count)
            {
                if (!hash.AsSpan().SequenceEqual(known[leaves.Count - 1]))
                    throw new InvalidDataException(
                        $"{Streams.Seal(day)} cannot be continued: its version {leaves.Count} is not the seal of {closed.Stream} that the "
                            + "events give now; the log was changed meanwhile");
                return;
            }
            appending.Add(closed);
            if (appending.Events.Count >= MostEvents || appending.FingerprintBytes >= MostFingerprintBytes) await Append(appending, cancel);
        }
    }

    /// <summary>At its expected version, so of two replicas one is refused.</summary>
    async Task Append(Appending appending, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        session.Events.Append(Streams.Seal(appending.Day), appending.Version + appending.Events.Count, appending.Events);
        await session.SaveChangesAsync(cancel);
        await mayWrite(connection, cancel);
        await transaction.CommitAsync(cancel);
        appending.Committed();
    }

    [LoggerMessage(Level = LogLevel.Information, Message =
        "{Day} is sealed: {Events} events of {Streams} streams, up to position {Position}; {Hash} vouches for the log up to there")]
    partial void LogClosed(string day, long events, long streams, long position, string hash);

    sealed class Appending(DateOnly day, long version)
    {
        public DateOnly Day => day;

        public long Version { get; private set; } = version;

        public List<object> Events { get; } = [];

        public int FingerprintBytes { get; private set; }

        public void Add(object e)
        {
            Events.Add(e);
            FingerprintBytes += (e as DayClosed)?.Fingerprints.Length ?? 0;
        }

        public void Committed()
        {
            Version += Events.Count;
            Events.Clear();
            FingerprintBytes = 0;
        }
    }
}

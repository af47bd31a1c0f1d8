using Cluster;
using Marten;
using Npgsql;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>Another replica has saved this twin in the meantime and now owns it.</summary>
sealed class TwinTakenOverException(string assetId) : JasperFx.ConcurrencyException(
    $"The twin of {assetId} was saved by another replica in the meantime.", typeof(OwnedTwin), assetId);

/// <summary>One save of a twin.</summary>
/// <param name="Twin">The twin.</param>
/// <param name="Events">Events to append to <c>twin/{asset}</c>; already applied to the twin's alarms.</param>
/// <param name="Caller">Who asked for the events; null if they follow from readings.</param>
sealed record TwinSave(OwnedTwin Twin, IReadOnlyList<object> Events, Caller? Caller = null);

/// <summary>
/// Saves twins. Events, snapshot, alarms and history of a save are one transaction, which a replica that the others declared dead cannot
/// commit.
/// </summary>
sealed class SaveTwins
{
    const int MostTwins = 64;

    // A catch-up or a rebuild: it would hold up the twins saved with it.
    const int MuchHistory = 10_000;

    readonly IDocumentStore store;
    readonly NpgsqlDataSource source;
    readonly WriteFence mayWrite;
    readonly TimeProvider time;
    readonly CoalescedCalls<TwinSave, TwinSave> calls;

    public SaveTwins(IDocumentStore store, NpgsqlDataSource source, WriteFence mayWrite, TimeProvider time)
    {
        (this.store, this.source, this.mayWrite, this.time) = (store, source, mayWrite, time);
        calls = new(MostTwins, mostAtOnce: 2, async saves =>
        {
            await SaveAll(saves, CancellationToken.None);
            return saves;
        });
    }

    /// <summary>Saves a twin, in one transaction with others that are saved at the same time.</summary>
    /// <exception cref="TwinTakenOverException">Nothing was saved.</exception>
    public Task Save(TwinSave save, CancellationToken cancel) =>
        save.Twin.UnsavedBuckets > MuchHistory ? SaveAll([save], cancel) : calls.Add(save, cancel);

    async Task SaveAll(IReadOnlyList<TwinSave> saves, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        foreach (var save in saves.Where(s => s.Events.Count > 0))
            session.Events.Append(
                Streams.Twin(save.Twin.Asset.Id), save.Twin.TwinStreamVersion + save.Events.Count,
                save.Events.Select(e => (object)session.Events.BuildEvent(e).By(save.Caller)));
        await session.SaveChangesAsync(cancel);

        var now = time.GetUtcNow();
        List<long> revisions = [];
        foreach (var save in saves)
        {
            await HistoryRows.Save(connection, save.Twin, cancel);
            var state = save.Twin.Snapshot();
            revisions.Add(await TwinRows.Save(connection, save, state, now, cancel));
            await CheckpointRows.Save(connection, save.Twin, state, cancel);
        }
        await mayWrite(connection, cancel);
        await transaction.CommitAsync(cancel);
        foreach (var (save, revision) in saves.Zip(revisions))
        {
            save.Twin.SavedRevision = revision;
            save.Twin.SavedAt = now;
            save.Twin.TwinStreamVersion += save.Events.Count;
            save.Twin.Saved();
        }
    }
}

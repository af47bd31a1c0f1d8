using Contracts.Events;
using Contracts.Messages;
using TwinModel.Twins;

namespace Query.Pasts;

/// <summary>Folds alarms as of some time from their events.</summary>
sealed class PastAlarms(PastEvents events)
{
    static readonly Type[] Types = [typeof(AlarmRaised), typeof(AlarmAcknowledged), typeof(AlarmCleared)];

    /// <summary>The alarms of an asset that were open.</summary>
    public async Task<AlarmBook> Open(string assetId, PastMoment moment, CancellationToken cancel)
    {
        var book = AlarmBook.Empty;
        await foreach (var e in events.Of([assetId], Types, moment, cancel)) book = book.Apply(e);
        return book;
    }

    /// <summary>All alarms that assets had had, by id, each in its state at that moment.</summary>
    public async Task<Dictionary<string, AlarmView>> All(IEnumerable<string> assetIds, PastMoment moment, CancellationToken cancel)
    {
        Dictionary<string, AlarmView> alarms = [];
        var book = AlarmBook.Empty;
        await foreach (var e in events.Of(assetIds, Types, moment, cancel))
        {
            if (book.After(e) is { } alarm) alarms[alarm.Id] = alarm;
            book = book.Apply(e);
        }
        return alarms;
    }
}

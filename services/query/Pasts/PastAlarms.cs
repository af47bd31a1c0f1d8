using Contracts.Events;
using Contracts.Messages;
using TwinModel.Twins;

namespace Query.Pasts;

/// <summary>Folds alarms as of some time from their events.</summary>
sealed class PastAlarms(PastEvents events)
{
    static readonly Type[] Types =
    [
        typeof(AlarmRaised), typeof(AlarmAcknowledged), typeof(AlarmCleared), typeof(AlarmWithdrawn), typeof(AlarmShelved),
        typeof(AlarmUnshelved), typeof(AlarmCommented), typeof(AlarmAssigned),
    ];

    /// <summary>The alarms that were open, by asset; assets that had never had any are left out.</summary>
    public async Task<Dictionary<string, AlarmBook>> Open(IEnumerable<string> assetIds, PastMoment moment, CancellationToken cancel)
    {
        Dictionary<string, AlarmBook> books = [];
        await foreach (var (asset, e) in events.Of(assetIds, Types, moment, cancel))
            books[asset] = books.GetValueOrDefault(asset, AlarmBook.Empty).Apply(e);
        return books;
    }

    /// <summary>All alarms that assets had had, by id, each in its state at that moment.</summary>
    public async Task<Dictionary<string, AlarmView>> All(IEnumerable<string> assetIds, PastMoment moment, CancellationToken cancel)
    {
        Dictionary<string, AlarmView> alarms = [];
        Dictionary<string, AlarmBook> books = [];
        await foreach (var (asset, e) in events.Of(assetIds, Types, moment, cancel))
        {
            var book = books.GetValueOrDefault(asset, AlarmBook.Empty);
            if (e is AlarmWithdrawn w && alarms.TryGetValue(w.AlarmId, out var wrong)) alarms[w.AlarmId] = AlarmBook.Withdraw(wrong, w);
            else if (book.After(e) is { } alarm) alarms[alarm.Id] = alarm;
            books[asset] = book.Apply(e);
        }
        return alarms;
    }
}

using ServiceDefaults;
using TwinModel.Health;
using TwinModel.Telemetry;
using TwinState.Twins;

namespace TwinState.Health;

/// <summary>Stores a maintenance record, which ends the part's current life.</summary>
sealed class RecordMaintenance(LogReader log, TimeProvider time)
{
    public async Task Record(
        TwinOwner owner, Contracts.Messages.RecordMaintenance command, Caller caller, CancellationToken cancel)
    {
        var twin = await owner.Load(cancel);
        DecideMaintenance.RequireWearingPart(twin.Asset.Model, command);
        await owner.CatchUp(twin, cancel);
        var events = DecideMaintenance.Of(twin.HealthBook, command);
        if (events.Count == 0) return;
        await owner.AllOrForget(async () =>
        {
            twin.Apply(events);
            if (!twin.Health.Part(command.Component)!.BeginLife(command.At))
                twin.Health.Replace(await Refold(twin, command.Component, cancel));
        });
        await owner.Save(twin, events, cancel, caller);
    }

    // The record concerns a time already folded: fold the part's condition again from the beginning, with the record.
    async Task<PartHealth> Refold(OwnedTwin twin, string component, CancellationToken cancel)
    {
        var part = new PartHealth(twin.Asset.Model.Degradations.Single(d => d.Component == component));
        foreach (var at in twin.HealthBook.Part(component).LivesFrom) part.BeginLife(at);
        List<Reading> readings = [];
        await foreach (var batch in log.WholeHistory(twin.Asset, time.GetUtcNow(), cancel))
        {
            if (batch.Position > twin.Position) continue;
            readings.Clear();
            TelemetryCodec.Decode(batch.Batch, readings);
            twin.Corrections.Apply(readings);
            foreach (var reading in readings) part.Take(reading);
            // Changes to the past are not reported again: the log keeps what was known then.
            part.Settle(batch.Position, [], []);
        }
        return part;
    }
}

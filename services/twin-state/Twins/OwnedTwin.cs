using Contracts.Estimates;
using Contracts.Events;
using Contracts.Messages;
using ServiceDefaults;
using TwinModel.Health;
using TwinModel.Telemetry;
using TwinModel.Twins;

namespace TwinState.Twins;

/// <summary>
/// A twin in memory with its pending work: views to publish, alarm events and history to save. Only its owner changes it, one
/// step after the other; the publisher reads it concurrently, hence the lock.
/// </summary>
sealed class OwnedTwin(RegisteredAsset asset, Twin twin, AssetHealth? health = null)
{
    // Scratch buffers, shared by all twins of a thread; a step never suspends.
    [ThreadStatic]
    static List<Reading>? decoded;

    [ThreadStatic]
    static StepEffects? stepEffects;

    readonly Lock gate = new();
    readonly Dictionary<string, AlarmView> closed = [];
    readonly List<PartTransition> partTransitions = [];
    readonly List<DueAssessment> dueAssessments = [];
    readonly UnsavedHistory unsaved = new();

    public RegisteredAsset Asset { get; } = asset;

    /// <summary>False if the asset was registered again with what a twin shows or depends on.</summary>
    public bool Follows(RegisteredAsset registered) => Asset.Model.Hash == registered.Model.Hash && Asset.Name == registered.Name;

    public Twin Twin { get; private set; } = twin;

    public AlarmBook Alarms { get; private set; } = AlarmBook.Empty;

    /// <summary>Condition of the wearing parts, folded from the same readings.</summary>
    public AssetHealth Health { get; } = health ?? new(asset.Model);

    /// <summary>The parts' lives and condition as recorded in the log.</summary>
    public HealthBook HealthBook { get; private set; } = HealthBook.Empty;

    /// <summary>Condition not restored from a snapshot: replay part replacements before readings.</summary>
    public bool HealthIsFresh { get; } = health is null;

    /// <summary>Version of stream <c>twin/{asset}</c> that <see cref="Alarms"/> reflects.</summary>
    public long TwinStreamVersion { get; set; }

    /// <summary>Last version folded in, by day stream; only streams that may still grow.</summary>
    public Dictionary<string, long> Versions { get; set; } = [];

    /// <summary>The corrections with which readings were folded in.</summary>
    public Corrections Corrections { get; init; } = Corrections.None;

    /// <summary>Newest version of the asset's corrections in the log, as far as known.</summary>
    public long CorrectionsInLog { get; set; }

    /// <summary>The log holds corrections that the twin lacks.</summary>
    public bool MustRevise => CorrectionsInLog > Corrections.Version;

    /// <summary>Highest log position included, of readings and corrections.</summary>
    public long Position
    {
        get => Math.Max(field, Corrections.Position);
        set;
    }

    public long Revision { get; set; }

    /// <summary>Revision of the saved row; 0 if there is none.</summary>
    public long SavedRevision { get; set; }

    public DateTimeOffset? RecordedAt { get; set; }

    public DateTimeOffset? OfflineSince { get; set; }

    public string? TraceParent { get; private set; }

    /// <summary>What the physics says, as last shown; null when nothing is known.</summary>
    public EstimateSummary? Estimate { get; set; }

    /// <summary>Newest sample time, microseconds; null before the first reading.</summary>
    public long? NewestSample => Twin.Sensors.Where(s => s.Window.Count > 0).Select(s => (long?)s.Window.Newest.SampledAt).Max();

    public DateTimeOffset SavedAt { get; set; }

    /// <summary>What was folded in since the last checkpoint.</summary>
    public SinceCheckpoint SinceCheckpoint { get; set; } = SinceCheckpoint.Beginning;

    public DateTimeOffset ShownAt { get; set; }

    public bool MustSave { get; set; }

    public bool MustShow { get; set; }

    /// <summary>A change since the last save could not be published.</summary>
    public bool WasNotShown { get; set; }

    /// <summary>
    /// The unsaved history and the alarms are complete and replace the stored ones, which belong to another fold or are lost.
    /// </summary>
    public bool ReplacesHistory { get; set; }

    public int UnsavedBuckets => unsaved.Buckets;

    public HashSet<ushort> MustRederive { get; } = [];

    /// <summary>Folds in one event and returns the limit transitions.</summary>
    public IReadOnlyList<LimitTransition> Apply(in LoggedBatch batch)
    {
        var readings = decoded ??= [];
        var effects = stepEffects ??= new();
        readings.Clear();
        effects.Clear();
        TelemetryCodec.Decode(batch.Batch, readings);
        Corrections.Apply(readings);
        lock (gate)
        {
            Twin.Step(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(readings), effects);
            Health.Step(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(readings), batch.Position, partTransitions,
                dueAssessments);
            Versions[batch.Stream] = batch.Version;
            if (batch.Position > Position) (Position, RecordedAt, TraceParent) = (batch.Position, batch.RecordedAt, batch.TraceParent);
            if (OfflineSince is not null && RecordedAt > OfflineSince) OfflineSince = null;
            SinceCheckpoint = SinceCheckpoint.With(readings.Count, TelemetryCodec.SampleRange(batch.Batch).First);
            MustSave = MustShow = true;
        }
        return Settle(effects);
    }

    /// <summary>Folds a sensor's limits again from its whole history.</summary>
    public IReadOnlyList<LimitTransition> Rederive(ushort sensor, IEnumerable<Reading> history)
    {
        var effects = stepEffects ??= new();
        effects.Clear();
        lock (gate)
        {
            Twin.Sensor(sensor)?.Rederive(history, effects);
            MustSave = MustShow = true;
        }
        return Settle(effects);
    }

    IReadOnlyList<LimitTransition> Settle(StepEffects effects)
    {
        foreach (var delta in effects.Rollups) unsaved.Add(delta);
        MustRederive.UnionWith(effects.MustRederive);
        return effects.Transitions.Count == 0 ? [] : [.. effects.Transitions];
    }

    /// <summary>Events about alarms and parts resulting from what was folded in since the last call.</summary>
    /// <param name="transitions">What the folding in returned.</param>
    public IReadOnlyList<object> Decide(IReadOnlyList<LimitTransition> transitions) =>
        [.. transitions.Count == 0 ? [] : DecideAlarms.For(Asset.Id, Asset.Model, Alarms, News(transitions)), .. DecideOnHealth()];

    // The last one of a limit is its state, which may be news after another model.
    IEnumerable<LimitTransition> News(IReadOnlyList<LimitTransition> transitions)
    {
        if (AlarmsKnownUpTo.Count == 0) return transitions;
        var last = transitions.Index().GroupBy(t => t.Item.Limit.Id).ToDictionary(limit => limit.Key, limit => limit.Max(t => t.Index));
        return transitions.Where((t, i) => i == last[t.Limit.Id] || t.SampledAt > AlarmsKnownUpTo.GetValueOrDefault(t.Limit.Id));
    }

    /// <summary>Events about parts resulting from what was folded in since the last call.</summary>
    public IReadOnlyList<object> DecideOnHealth()
    {
        if (partTransitions.Count == 0 && dueAssessments.Count == 0) return [];
        var events = DecideHealth.For(Asset.Id, Asset.Model, HealthBook, partTransitions, dueAssessments);
        partTransitions.Clear();
        dueAssessments.Clear();
        return events;
    }

    /// <summary>Applies the lives recorded in the log to a condition that starts empty.</summary>
    public void BeginRecordedLives()
    {
        foreach (var part in Health.Parts)
        {
            foreach (var at in HealthBook.Part(part.Degradation.Component).LivesFrom) part.BeginLife(at);
        }
    }

    /// <summary>Applies events that are in the log or about to be appended.</summary>
    public void Apply(IEnumerable<object> alarmEvents)
    {
        lock (gate)
        {
            foreach (var e in alarmEvents)
            {
                if (Alarms.After(e) is { State: "closed" or "withdrawn" } alarm) closed[alarm.Id] = alarm;
                else if (e is AlarmWithdrawn w && closed.TryGetValue(w.AlarmId, out var known))
                    closed[w.AlarmId] = AlarmBook.Withdraw(known, w);
                Alarms = Alarms.Apply(e);
                HealthBook = HealthBook.Apply(e);
            }
            MustShow = true;
        }
    }

    /// <summary>Shows a new estimate, or none.</summary>
    public void Show(EstimateSummary? estimate)
    {
        lock (gate)
        {
            Estimate = estimate;
            MustSave = MustShow = true;
        }
    }

    public void GoOffline(DateTimeOffset at)
    {
        lock (gate)
        {
            OfflineSince = at;
            MustSave = MustShow = true;
        }
    }

    /// <summary>
    /// Sample time, microseconds, up to which the log says by limit what alarms its readings raised and cleared; for a twin that is folded
    /// from its first reading, whose alarms would otherwise be raised and cleared once more.
    /// </summary>
    public IReadOnlyDictionary<string, long> AlarmsKnownUpTo { get; set; } = new Dictionary<string, long>();

    /// <summary>Every alarm of a twin to which all events were applied since the last save.</summary>
    public IEnumerable<AlarmView> AllAlarms => closed.Values.Where(c => !Alarms.Open.ContainsKey(c.Id)).Concat(Alarms.Open.Values);

    /// <summary>An alarm closed since the last save, in its final state.</summary>
    public AlarmView? Closed(string alarmId) => closed.GetValueOrDefault(alarmId);

    /// <summary>The unsaved history in its stored form.</summary>
    public Dictionary<(RollupLevel Level, long BlockStart), RollupBlock> UnsavedHistory() => unsaved.Blocks(Twin);

    /// <summary>
    /// True if the state is to be kept as a checkpoint. Not while late readings wait to be derived again, since what waits is not part of
    /// the state.
    /// </summary>
    public bool MustKeep => SinceCheckpoint.IsDue && MustRederive.Count == 0 && !MustRevise;

    /// <summary>What <see cref="SinceCheckpoint"/> becomes when the twin is saved as it is.</summary>
    public SinceCheckpoint AfterSave => MustKeep ? new(Position, 0, long.MaxValue) : SinceCheckpoint;

    /// <summary>Marks history and closed alarms as saved.</summary>
    public void Saved()
    {
        SinceCheckpoint = AfterSave;
        unsaved.Clear();
        ReplacesHistory = MustSave = WasNotShown = false;
        closed.Clear();
    }

    /// <summary>
    /// The view with a new revision. Revisions follow the clock, so that they keep growing when another replica takes over.
    /// </summary>
    public TwinView View(DateTimeOffset now)
    {
        lock (gate)
        {
            Revision = Math.Max(Revision + 1, Micros.From(now));
            return ViewTwin.Of(Asset.Id, Asset.Name, Twin, Alarms, Position, Revision, RecordedAt, OfflineSince, TraceParent, Estimate);
        }
    }

    /// <summary>The view to publish now, if there is a change and the last one is old enough.</summary>
    public TwinView? ViewIfDue(DateTimeOffset now, TimeSpan atMostEvery)
    {
        lock (gate)
        {
            if (!MustShow || now - ShownAt < atMostEvery) return null;
            MustShow = false;
            ShownAt = now;
            return View(now);
        }
    }

    public byte[] Snapshot()
    {
        lock (gate) return Twin.Snapshot();
    }

    public string Hash()
    {
        lock (gate) return Twin.Hash();
    }
}

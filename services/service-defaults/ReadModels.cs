namespace ServiceDefaults;

/// <summary>
/// Tables of schemas <c>twin_state</c>, <c>simulation</c> and <c>ingest</c>: each is written only by the service of that name and read by
/// query, <see cref="EstimateCheckpoint"/> by simulation as well. Except for the members, they can be dropped and rebuilt from the log;
/// scenario results are recomputed when requested again.
/// </summary>
public static class ReadModels
{
    /// <summary>
    /// <c>asset_id text pk, position bigint, revision bigint, versions jsonb, state bytea, view jsonb (TwinView), offline_since
    /// timestamptz, health bytea, corrections bigint, rederive int[], since_checkpoint bigint[]</c>: version of
    /// <c>correction/{asset}</c> with which the readings count, sensors whose limits are to be derived again, and, of the position that
    /// the twin was saved at: that position, and position, work and oldest sample time since the last checkpoint.
    /// </summary>
    public const string Twin = "twin_state.twin";

    /// <summary>
    /// Past states of twins: <c>asset_id text, position bigint, newest_sample bigint (microseconds), versions jsonb, state bytea,
    /// corrections bigint, since_position bigint, oldest_since bigint (microseconds), pk of the first two</c>. A state holds the events of
    /// the day streams in versions up to these, and all of earlier days, with the corrections up to that version; the position is their
    /// highest, and no reading was sampled after newest_sample. What was recorded after since_position was sampled at or after
    /// oldest_since (0: not known). After every 5000 readings or so, of those older than two days one each 20 minutes. A cache: without
    /// them, a past twin is folded from the beginning.
    /// </summary>
    public const string TwinCheckpoint = "twin_state.twin_checkpoint";

    /// <summary><c>asset_id text, component text, view jsonb (HealthView), pk of the first two</c>.</summary>
    public const string Health = "twin_state.health";

    /// <summary><c>alarm_id text pk, asset_id text, severity text, state text, raised_at timestamptz, view jsonb (AlarmView)</c>.</summary>
    public const string Alarm = "twin_state.alarm";

    /// <summary>
    /// <c>asset_id text, level smallint, block_start bigint (microseconds), data bytea (RollupBlock), pk of the first three</c>.
    /// </summary>
    public const string Rollup = "twin_state.rollup";

    /// <summary>
    /// The newest estimate: <c>asset_id text pk, view jsonb (EstimateView)</c>; assets whose model has a section <c>estimation</c>
    /// or <c>calculated</c>.
    /// </summary>
    public const string Estimate = "twin_state.estimate";

    /// <summary>
    /// States of the estimator between two ticks: <c>asset_id text, tick bigint, position bigint, model text, versions jsonb, state bytea,
    /// pk of the first two</c>. A state holds all readings before the tick that were in the log up to the position; model is
    /// the estimation's fingerprint. Every 12 ticks for an hour, then hourly for two days, then daily.
    /// </summary>
    public const string EstimateCheckpoint = "twin_state.estimate_checkpoint";

    /// <summary>
    /// Estimated signals over time: <c>asset_id text, at timestamptz (end of a tick), model text, means real[], deviations real[], pk of
    /// the first two</c>; one element per signal that is one number, in the order of the asset model with that hash. Only the last 31
    /// days.
    /// </summary>
    public const string EstimateHistory = "twin_state.estimate_history";

    /// <summary>
    /// The same by hours of UTC, of all times: <c>asset_id text, start timestamptz, model text, ticks int[], means real[], variances real[]
    /// (mean of the ticks' variances), minima real[], maxima real[], pk of the first three</c>. Null where a signal had no value.
    /// </summary>
    public const string EstimateHour = "twin_state.estimate_hour";

    /// <summary>
    /// <c>scenario_id text pk, asset_id text, state text, requested_at timestamptz, deadline timestamptz, inputs bytea, view jsonb
    /// (ScenarioView)</c>. The view's progress is that of the newest event; while the scenario runs, the mean over
    /// <see cref="ScenarioShard"/> is newer.
    /// </summary>
    public const string Scenario = "simulation.scenario";

    /// <summary>
    /// <c>scenario_id text, shard int, progress double precision, data bytea, pk of the first two</c>; rows of running scenarios only.
    /// </summary>
    public const string ScenarioShard = "simulation.shard";

    /// <summary><c>content_hash text pk, data bytea (Brotli of ScenarioResult as JSON), created_at timestamptz</c>.</summary>
    public const string ScenarioResult = "simulation.result";

    /// <summary>
    /// <c>decision_id text pk, asset_id text, component text, state text, recommended_at timestamptz, view jsonb (DecisionView)</c>.
    /// </summary>
    public const string Decision = "simulation.decision";

    /// <summary>
    /// <c>calibration_id text pk, asset_id text, state text, requested_at timestamptz, view jsonb (CalibrationView)</c>. The view's
    /// <c>isInForce</c> is always false: <see cref="CalibratedAsset"/> says it.
    /// </summary>
    public const string Calibration = "simulation.calibration";

    /// <summary>
    /// <c>asset_id text pk, calibration_id text (in force; null: the model's own values)</c>.
    /// </summary>
    public const string CalibratedAsset = "simulation.calibrated_asset";

    /// <summary>
    /// Lives of the replicas of ingest: <c>cluster text (the service), address text, port int, generation int, status int (3 is active, 6
    /// dead), started_at timestamptz, alive_at timestamptz, …, pk of the first four</c>.
    /// </summary>
    public const string IngestMember = "ingest.cluster_member";

    /// <summary>Lives of the replicas of twin-state; columns as in <see cref="IngestMember"/>.</summary>
    public const string TwinStateMember = "twin_state.cluster_member";

    /// <summary>
    /// What assets of tenants have used on a UTC day: <c>asset_id text, day date, tenant text, messages bigint, readings bigint, bytes
    /// bigint (of their events), rejected_bytes bigint, pk of the first two</c>. Up to 5 s late; what a process that was killed had not
    /// written yet is not counted.
    /// </summary>
    public const string TenantUse = "ingest.tenant_use";
}

namespace ServiceDefaults;

/// <summary>
/// Tables of schema <c>twin_state</c>: written by twin-state only, read by query. They can be dropped and rebuilt from the log.
/// </summary>
public static class ReadModels
{
    /// <summary><c>asset_id text pk, position bigint, revision bigint, versions jsonb, state bytea, view jsonb (TwinView), offline_since timestamptz</c>.</summary>
    public const string Twin = "twin_state.twin";

    /// <summary><c>alarm_id text pk, asset_id text, severity text, state text, raised_at timestamptz, view jsonb (AlarmView)</c>.</summary>
    public const string Alarm = "twin_state.alarm";

    /// <summary><c>asset_id text, level smallint, block_start bigint (microseconds), data bytea (RollupBlock), pk of the first three</c>.</summary>
    public const string Rollup = "twin_state.rollup";
}

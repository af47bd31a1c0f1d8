using Contracts.Events;
using JasperFx;
using JasperFx.Events;
using Marten;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Weasel.Core;

namespace ServiceDefaults;

/// <summary>The event log: Marten, schema <c>events</c>, streams named by strings, readings as bytes and everything else as JSON.</summary>
public static class EventLog
{
    /// <summary>Schema of the log.</summary>
    public const string Schema = "events";

    /// <summary>
    /// The name of every event in the log. Names outlive classes: a renamed class keeps its name here; never change a name.
    /// </summary>
    public static IReadOnlyDictionary<Type, string> EventNames { get; } = new Dictionary<Type, string>
    {
        [typeof(ReadingsRecorded)] = "readings_recorded",
        [typeof(ReadingsRejected)] = "readings_rejected",
        [typeof(RejectionsNotKept)] = "rejections_not_kept",
        [typeof(RejectionReplayed)] = "rejection_replayed",
        [typeof(AssetRegistered)] = "asset_registered",
        [typeof(ModelRegistered)] = "model_registered",
        [typeof(ModelRevised)] = "model_revised",
        [typeof(AlarmRaised)] = "alarm_raised",
        [typeof(AlarmAcknowledged)] = "alarm_acknowledged",
        [typeof(AlarmCleared)] = "alarm_cleared",
        [typeof(AlarmWithdrawn)] = "alarm_withdrawn",
        [typeof(AlarmShelved)] = "alarm_shelved",
        [typeof(AlarmUnshelved)] = "alarm_unshelved",
        [typeof(AlarmCommented)] = "alarm_commented",
        [typeof(AlarmAssigned)] = "alarm_assigned",
        [typeof(TwinRebuilt)] = "twin_rebuilt",
        [typeof(ConditionChanged)] = "condition_changed",
        [typeof(HealthAssessed)] = "health_assessed",
        [typeof(ComponentReplaced)] = "component_replaced",
        [typeof(FailureOccurred)] = "failure_occurred",
        [typeof(DecisionRecommended)] = "decision_recommended",
        [typeof(DecisionTaken)] = "decision_taken",
        [typeof(OutcomeObserved)] = "outcome_observed",
        [typeof(ScenarioRequested)] = "scenario_requested",
        [typeof(ScenarioStarted)] = "scenario_started",
        [typeof(ScenarioProgressed)] = "scenario_progressed",
        [typeof(ScenarioCompleted)] = "scenario_completed",
        [typeof(ScenarioFailed)] = "scenario_failed",
        [typeof(ScenarioCancelled)] = "scenario_cancelled",
        [typeof(CalibrationRequested)] = "calibration_requested",
        [typeof(CalibrationProposed)] = "calibration_proposed",
        [typeof(CalibrationFailed)] = "calibration_failed",
        [typeof(CalibrationAdopted)] = "calibration_adopted",
        [typeof(CalibrationRolledBack)] = "calibration_rolled_back",
        [typeof(DayClosed)] = "day_closed",
        [typeof(LogSealed)] = "log_sealed",
        [typeof(ReadingsDropped)] = "readings_dropped",
        [typeof(ReadingsCorrected)] = "readings_corrected",
        [typeof(ReadingsRetracted)] = "readings_retracted",
        [typeof(CorrectionWithdrawn)] = "correction_withdrawn",
        [typeof(TwinRevised)] = "twin_revised",
        [typeof(RelationshipAdded)] = "relationship_added",
        [typeof(RelationshipRemoved)] = "relationship_removed",
        [typeof(CommandRefused)] = "command_refused",
        [typeof(PolicySet)] = "policy_set",
        [typeof(QuestionAsked)] = "question_asked",
        [typeof(PolicyRemoved)] = "policy_removed",
        [typeof(RebuildStarted)] = "rebuild_started",
        [typeof(RebuildProgressed)] = "rebuild_progressed",
        [typeof(RebuildFinished)] = "rebuild_finished",
    };

    static readonly Dictionary<string, Type> Types = EventNames.ToDictionary(n => n.Value, n => n.Key);

    /// <summary>Whether this version knows events of a name.</summary>
    public static bool Knows(string name) => Types.ContainsKey(name);

    /// <summary>An event in its present shape, from its name and its JSON in the log.</summary>
    public static object Read(string name, string json) => Upcasters.OfHistory.Read(Types[name], json);

    /// <summary>An event of a known type in its present shape, from its JSON in the log.</summary>
    public static T Read<T>(string json) => (T)Upcasters.OfHistory.Read(typeof(T), json);

    /// <summary>
    /// Registers the log and <see cref="NpgsqlDataSource"/>. Outside development, only the command <c>db-apply</c> creates the schema.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="more">Further storage of the service itself, e.g. its read-model tables.</param>
    /// <exception cref="InvalidSettingException">No connection string <c>Postgres</c>.</exception>
    public static void AddEventLog(this IHostApplicationBuilder builder, Action<StoreOptions>? more = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(
            builder.Configuration.RequireConnectionString("Postgres", "Host=…;Port=…;Username=…;Password=…;Database=…", IsConnectionString))
        {
            ApplicationName = builder.Environment.ApplicationName,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
        };
        builder.Services.AddSingleton(NpgsqlDataSource.Create(connection));
        builder.Services.AddMarten(options =>
        {
            Configure(options, builder.Environment.IsDevelopment());
            more?.Invoke(options);
        }).UseLightweightSessions().UseNpgsqlDataSource();
        builder.Services.AddHealthChecks().AddCheck<PostgresHealth>("postgres", tags: ["ready"]);
    }

    static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0, Database.Length: > 0 };
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The log's options, the same in every service.</summary>
    public static void Configure(StoreOptions options, bool isDevelopment)
    {
        options.AutoCreateSchemaObjects = isDevelopment ? AutoCreate.CreateOrUpdate : AutoCreate.None;
        options.DatabaseSchemaName = Schema;
        options.Events.DatabaseSchemaName = Schema;
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        options.Events.MetadataConfig.HeadersEnabled = true;
        // Callers try again themselves; in a transaction that has failed, Marten's own attempt would only hide the cause.
        options.ConfigureWritePolly(_ => { });
        options.Events.UseBinarySerializer<ReadingsRecorded>(new ReadingsRecordedBytes());
        foreach (var (type, name) in EventNames) options.Events.MapEventType(type, name);
        Upcasters.OfHistory.Register(options);
        ActorIndex.Register(options);
        Seals.Archive.Register(options);
        options.UseSystemTextJsonForSerialization(
            EnumStorage.AsString, Casing.CamelCase, json => json.Converters.Add(new StorableText.Converter()));
    }

    // The batch is already bytes and is stored unchanged in the binary column.
    sealed class ReadingsRecordedBytes : IEventBinarySerializer
    {
        public byte[] Serialize(Type type, object data) => ((ReadingsRecorded)data).Batch;

        public object Deserialize(Type type, byte[] data) => new ReadingsRecorded(data);
    }
}

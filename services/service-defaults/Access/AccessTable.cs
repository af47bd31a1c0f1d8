using System.Collections.Frozen;
using TwinModel.Access;

namespace ServiceDefaults.Access;

/// <summary>What people and programs are to a system. The names in tokens are the same in small letters.</summary>
[Flags]
public enum Roles
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Looks at machines.</summary>
    Viewer = 1,

    /// <summary>Runs machines: acknowledges alarms, asks what would happen.</summary>
    Operator = 2,

    /// <summary>Answers for machines: their models, parameters, parts, and what is recorded of them.</summary>
    Engineer = 4,

    /// <summary>Examines what happened and who did it, and changes nothing.</summary>
    Auditor = 8,

    /// <summary>Runs the system.</summary>
    Admin = 16,
}

/// <summary>
/// Which roles may ask for which operation: the one table for REST, gRPC and imports. Operations are named as in the API reference; a
/// method of gRPC has the name of its operation.
/// </summary>
public static class AccessTable
{
    /// <summary>All of them.</summary>
    public const Roles Everyone = Roles.Viewer | Roles.Operator | Roles.Engineer | Roles.Auditor | Roles.Admin;
    const Roles Examining = Roles.Engineer | Roles.Auditor | Roles.Admin;
    const Roles Running = Roles.Operator | Roles.Engineer | Roles.Admin;
    const Roles Answering = Roles.Engineer | Roles.Admin;

    static readonly (Roles Roles, string[] Operations)[] Rows =
    [
        (Everyone,
        [
            "listAssets", "getAsset", "getAssetModel", "listModels", "getModel", "getAssetTree", "getTree",
            "listRelationships", "listNodes",
            "listTwins", "getTwin", "watchTwin", "watchTwins", "diffTwin", "diffFleet", "getHistory", "getEstimate", "getEstimateHistory",
            "listAlarms", "getAlarm", "getOpenAlarms", "watchAlarms", "getAlarmRates",
            "listHealth", "getHealth", "getHindsight", "listScenarios", "getScenario", "getScenarioResult",
            "watchScenario", "diffScenarios", "listDecisions", "getDecision", "listCalibrations", "getCalibration", "getParameters",
            "listCorrections", "getCorrection", "getLineage", "getPosition", "listFaults", "getPlant",
            "explainAccess",
        ]),
        (Examining,
        [
            "listEvents", "watchEvents", "getEventProof", "listSeals", "listRejected", "getRejected", "listRejections", "getRejection",
            "listReplicas", "listRebuilds", "getRebuild", "listPolicies", "getPolicy",
        ]),
        (Running,
        [
            "acknowledgeAlarm", "shelveAlarm", "unshelveAlarm", "commentAlarm", "assignAlarm",
            "createScenario", "cancelScenario", "createDecision", "takeDecision", "recordMaintenance",
            "reportReplacement", "reportFailure", "setOperation",
        ]),
        (Answering,
        [
            "registerAsset", "registerAssets", "importAssets", "reviseModel", "addRelationship", "removeRelationship", "correctReadings",
            "retractReadings", "withdrawCorrection", "createCalibration", "adoptCalibration", "rollBackCalibration", "runBacktest",
            "replayRejected", "replayRejection", "importTelemetry", "switchOnFault", "switchOffFault", "paceTimeLapse",
        ]),
        (Roles.Admin, ["startRebuild", "rebuildTwin", "setPolicy", "removePolicy"]),
    ];

    static readonly FrozenSet<string> OfSystem = new[]
    {
        "listReplicas", "listRebuilds", "getRebuild", "startRebuild", "getPlant", "listFaults", "setOperation", "switchOnFault",
        "switchOffFault", "paceTimeLapse",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    static readonly FrozenDictionary<string, Roles> Allowed = Rows
        .SelectMany(row => row.Operations.Select(operation => KeyValuePair.Create(operation, row.Roles)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    static readonly (Roles Role, string Name)[] Named =
        [.. Enum.GetValues<Roles>().Where(role => role != Roles.None).Select(role => (role, role.ToString().ToLowerInvariant()))];

    /// <summary>Every operation in the table.</summary>
    public static IEnumerable<string> Operations => Allowed.Keys;

    /// <summary>The roles that may ask for an operation; none if it is not in the table.</summary>
    public static Roles Of(string operation) => Allowed.GetValueOrDefault(operation);

    /// <summary>
    /// What an operation needs on the assets that it is about: those that everyone may ask for, and those of who examines, only look.
    /// </summary>
    public static Right Needs(string operation) => Of(operation) is Everyone or Examining ? Right.Read : Right.Write;

    /// <summary>Whether an operation is for who examines.</summary>
    public static bool IsExamining(string operation) => Of(operation) == Examining;

    /// <summary>Whether an operation is about the whole system, and so for nobody of a tenant.</summary>
    public static bool IsOfSystem(string operation) => OfSystem.Contains(operation);

    /// <summary>The names of roles, as they are in tokens.</summary>
    public static IEnumerable<string> Names(Roles roles) => Named.Where(n => roles.HasFlag(n.Role)).Select(n => n.Name);

    /// <summary>The roles with these names; what is none is left out.</summary>
    public static Roles WithNames(IEnumerable<string> names) => names.Aggregate(Roles.None, (all, name) => all | WithName(name));

    /// <summary>The role with a name; none if there is no such role.</summary>
    public static Roles WithName(string name) => Array.Find(Named, n => n.Name == name).Role;
}

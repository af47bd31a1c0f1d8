using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Events;
using Contracts.Messages;
using Marten;
using MassTransit;
using MassTransit.Serialization;
using ServiceDefaults;
using TwinModel.Telemetry;

namespace Integration.Tests;

/// <summary>
/// What is in the log or a queue outlives the code that wrote it, so names and JSON members are pinned here as literals. A failing test
/// means that old events or waiting messages can no longer be read; make a new type instead.
/// </summary>
public class ContractTests
{
    static readonly ISerializer Events = EventSerializer();

    static ISerializer EventSerializer()
    {
        var options = new StoreOptions();
        EventLog.Configure(options, isDevelopment: false);
        return options.Serializer();
    }

    [Fact]
    public void Event_names_are_what_the_log_holds() => Assert.Equal(
        [
            "AlarmAcknowledged alarm_acknowledged",
            "AlarmAssigned alarm_assigned",
            "AlarmCleared alarm_cleared",
            "AlarmCommented alarm_commented",
            "AlarmRaised alarm_raised",
            "AlarmShelved alarm_shelved",
            "AlarmUnshelved alarm_unshelved",
            "AlarmWithdrawn alarm_withdrawn",
            "AssetRegistered asset_registered",
            "CalibrationAdopted calibration_adopted",
            "CalibrationFailed calibration_failed",
            "CalibrationProposed calibration_proposed",
            "CalibrationRequested calibration_requested",
            "CalibrationRolledBack calibration_rolled_back",
            "CommandRefused command_refused",
            "ComponentReplaced component_replaced",
            "ConditionChanged condition_changed",
            "CorrectionWithdrawn correction_withdrawn",
            "DayClosed day_closed",
            "DecisionRecommended decision_recommended",
            "DecisionTaken decision_taken",
            "FailureOccurred failure_occurred",
            "HealthAssessed health_assessed",
            "LogSealed log_sealed",
            "ModelRegistered model_registered",
            "ModelRevised model_revised",
            "OutcomeObserved outcome_observed",
            "PolicyRemoved policy_removed",
            "PolicySet policy_set",
            "QuestionAsked question_asked",
            "ReadingsCorrected readings_corrected",
            "ReadingsDropped readings_dropped",
            "ReadingsRecorded readings_recorded",
            "ReadingsRejected readings_rejected",
            "ReadingsRetracted readings_retracted",
            "RebuildFinished rebuild_finished",
            "RebuildProgressed rebuild_progressed",
            "RebuildStarted rebuild_started",
            "RejectionReplayed rejection_replayed",
            "RejectionsNotKept rejections_not_kept",
            "RelationshipAdded relationship_added",
            "RelationshipRemoved relationship_removed",
            "ScenarioCancelled scenario_cancelled",
            "ScenarioCompleted scenario_completed",
            "ScenarioFailed scenario_failed",
            "ScenarioProgressed scenario_progressed",
            "ScenarioRequested scenario_requested",
            "ScenarioStarted scenario_started",
            "TwinRebuilt twin_rebuilt",
            "TwinRevised twin_revised",
        ],
        EventLog.EventNames.Select(e => $"{e.Key.Name} {e.Value}").Order(StringComparer.Ordinal));

    [Fact]
    public void Message_names_are_what_the_queues_hold() => Assert.Equal(
        [
            "urn:message:Contracts.Messages:AcknowledgeAlarm",
            "urn:message:Contracts.Messages:AddRelationship",
            "urn:message:Contracts.Messages:AdoptCalibration",
            "urn:message:Contracts.Messages:AssetChanged",
            "urn:message:Contracts.Messages:AssetsRegistered",
            "urn:message:Contracts.Messages:BacktestFinished",
            "urn:message:Contracts.Messages:CalibrationAnswered",
            "urn:message:Contracts.Messages:CancelScenario",
            "urn:message:Contracts.Messages:CorrectReadings",
            "urn:message:Contracts.Messages:DecideMaintenance",
            "urn:message:Contracts.Messages:GraphChanged",
            "urn:message:Contracts.Messages:HandleAlarm",
            "urn:message:Contracts.Messages:MaintenanceDecided",
            "urn:message:Contracts.Messages:ModelAnswered",
            "urn:message:Contracts.Messages:ObserveOutcomes",
            "urn:message:Contracts.Messages:PoliciesChanged",
            "urn:message:Contracts.Messages:PolicyAnswered",
            "urn:message:Contracts.Messages:ReadingsAnnounced",
            "urn:message:Contracts.Messages:RebuildAnswered",
            "urn:message:Contracts.Messages:RebuildTwin",
            "urn:message:Contracts.Messages:RecordMaintenance",
            "urn:message:Contracts.Messages:RecordQuestion",
            "urn:message:Contracts.Messages:RegisterAsset",
            "urn:message:Contracts.Messages:RegisterAssets",
            "urn:message:Contracts.Messages:RelationshipAnswered",
            "urn:message:Contracts.Messages:RemovePolicy",
            "urn:message:Contracts.Messages:RemoveRelationship",
            "urn:message:Contracts.Messages:ReplayRejection",
            "urn:message:Contracts.Messages:RequestCalibration",
            "urn:message:Contracts.Messages:RequestScenario",
            "urn:message:Contracts.Messages:RetractReadings",
            "urn:message:Contracts.Messages:ReviseModel",
            "urn:message:Contracts.Messages:RollBackCalibration",
            "urn:message:Contracts.Messages:RunBacktest",
            "urn:message:Contracts.Messages:RunScenarioShard",
            "urn:message:Contracts.Messages:ScenarioChanged",
            "urn:message:Contracts.Messages:ScenarioShardFinished",
            "urn:message:Contracts.Messages:SensorsWentOffline",
            "urn:message:Contracts.Messages:SetPolicy",
            "urn:message:Contracts.Messages:StartRebuild",
            "urn:message:Contracts.Messages:TakeDecision",
            "urn:message:Contracts.Messages:TwinsChanged",
            "urn:message:Contracts.Messages:WithdrawCorrection",
        ],
        MessageTypes().Select(MessageUrn.ForTypeString).Order(StringComparer.Ordinal));

    [Fact]
    public void The_queues_are_those_of_running_systems() => Assert.Equal(
        [
            "twin-state.news", "twin-state.commands", "twin-state.registrations", "simulation.scenarios", "simulation.shards",
            "simulation.decisions", "simulation.calibrations", "ingest.replay-rejection", "ingest.corrections",
        ],
        QueueNames.All);

    const string Definition = """{"assetId":"line-1","validAt":"2026-03-01T06:00:00.123456+00:00","knownAt":42,"mode":"transient","horizonSeconds":7200,"interventions":[{"target":"production-rate","kind":"scale","value":1.15,"unit":"","fromSeconds":60,"rampSeconds":30,"forSeconds":600}],"ensembleSize":200,"sampling":"sobol","seed":18446744073709551615,"tolerance":0.0001,"solver":"rodas3","cells":100,"sweep":[{"target":"screw-speed","values":[70,80.5],"unit":"1/min"}]}""";
    const string Kpi = """{"id":"melt-temperature","unit":"degC","baseline":237.75,"scenario":240.75,"differenceP5":2.25,"differenceP50":3.25,"differenceP95":4.25}""";

    const string Question = """{"assetId":"line-1","component":"gearbox-bearing","at":"2026-03-01T06:00:00.123456+00:00","options":[{"kind":"derate","at":"2026-03-01T06:00:00.123456+00:00","weeks":3,"rate":0.85,"marginLossPerDay":1512}],"economics":{"partCost":6500,"labourCost":2400,"overtimeCost":3200,"marginPerHour":420,"plannedHours":14,"unplannedHours":40,"unplannedHoursSdLn":0.35,"spareLeadDays":10,"waitingHoursPerDay":21.6,"secondaryDamageProbability":0.35,"secondaryDamageCost":38000,"scrapAndRestartCost":1,"expediteCost":2,"spareHoldingCostPerDay":3,"isSpareOrderedNow":true},"stops":[{"at":"2026-03-01T06:00:00.123456+00:00","lostHours":2}],"horizonDays":180,"riskAversion":0.5,"rate":1.15,"remainingLife":{"shape":2.2,"scaleDays":45},"newLife":{"shape":1.8,"scaleDays":900},"check":{"delayDays":2,"cost":300},"futures":10000,"seed":18446744073709551615}""";
    const string Rul = """{"at":"2026-03-01T06:00:00.123456+00:00","level":"degrading","ageDays":15.5,"position":42,"p05":5,"p25":10,"p50":15,"p75":20,"p95":null,"models":[{"model":"log-linear","weight":0.75}],"cannotSay":"c"}""";
    const string Advice = """{"recommended":"replace now","reason":"r","options":[{"name":"replace now","kind":"now","at":"2026-03-01T06:00:00.123456+00:00","days":0.5,"expectedCost":1,"relativeCost":2,"p5":3,"p50":4,"p95":5,"cVaR95":6,"failureProbability":0.5,"downtimeHours":14,"dearerThanNowProbability":0.25,"differenceToNow":7,"differenceStandardError":8,"regret":9}],"breakEven":{"option":"wait 3 weeks","failureProbability":0.15,"lifeFactor":1.5},"tornado":[{"input":"part cost","low":1,"high":2}],"flipShare":0.25,"perfectInformationValue":1595.5,"check":{"information":1,"delay":2,"net":3},"newPartCostPerDay":48.5,"newPartAgeDays":774.75,"newPartReason":"n","warnings":["w"]}""";
    const string Decision = $$$"""{"id":"0195a0b4-0000-7000-8000-000000000003","assetId":"line-1","component":"gearbox-bearing","state":"closed","definition":{{{Question}}},"modelHash":"ab12","logPosition":42,"basis":{{{Rul}}},"answer":{{{Advice}}},"recommendedAt":"2026-03-01T06:00:00.123456+00:00","taken":{"option":"replace now","by":"eve","comment":"c","at":"2026-03-01T06:00:00.123456+00:00"},"outcome":{"kind":"failed","at":"2026-03-01T06:00:00.123456+00:00","recordedBy":"eve"},"version":3}""";
    const string Refused = """{"kind":"invalid","field":"options[0].weeks","message":"0 to 25","value":"26"}""";
    const string Tried = """{"assetId":"line-1","component":"gearbox-bearing","from":"2026-03-01T06:00:00.123456+00:00","to":"2026-03-01T06:00:00.123456+00:00","knownAt":42,"slack":0.5,"limit":8,"baselineCount":144,"confirmCount":2,"windowSeconds":600,"criticalValue":7.1}""";

    const string Window = """{"assetId":"line-1","from":"2026-03-01T06:00:00.123456+00:00","to":"2026-03-01T06:00:00.123456+00:00","knownAt":42,"parameters":["drive.efficiency"]}""";
    const string Learned = """{"isRecommended":true,"baseId":"0195a0b4-0000-7000-8000-000000000004","spans":[{"kind":"steady","from":"2026-03-01T06:00:00.123456+00:00","to":"2026-03-01T06:00:00.123456+00:00","isHeldOut":true}],"parameters":[{"id":"drive.efficiency","unit":"%","model":80,"before":81,"after":75,"p5":73.5,"p95":76.5,"priorDeviation":0.05,"deviation":0.0125,"isIdentified":true}],"correlation":[[1]],"conditions":[{"kind":"bias","id":"zone-1-temperature","unit":"K","value":0.5,"standardDeviation":0.25}],"signals":[{"sensorId":"power","signalId":"motor-power","unit":"kW","deviation":0.125,"before":0.5,"after":0.25,"holdOutBefore":0.75,"holdOutAfter":0.375}],"holdOut":{"spans":2,"before":2.5,"after":1.25},"chi2":7.5,"degreesOfFreedom":9,"iterations":11,"stopped":"converged","warnings":["w"]}""";
    const string InForce = """{"calibrationId":"0195a0b4-0000-7000-8000-000000000005","modelHash":"ab12","values":[{"id":"drive.efficiency","unit":"%","value":75,"logDeviation":0.0125}],"correlation":[[1]]}""";
    const string Calibration = $$$"""{"id":"0195a0b4-0000-7000-8000-000000000005","modelId":"extrusion-line","modelHash":"ab12","definition":{{{Window}}},"state":"rolled-back","isInForce":false,"requestedBy":"eve","requestedAt":"2026-03-01T06:00:00.123456+00:00","finishedAt":"2026-03-01T06:00:00.123456+00:00","cause":"solver","reason":"r","result":{{{Learned}}},"adoption":{"by":"eve","comment":"c","at":"2026-03-01T06:00:00.123456+00:00","otherId":"0195a0b4-0000-7000-8000-000000000004"},"rollBack":{"by":"eve","comment":"c","at":"2026-03-01T06:00:00.123456+00:00","otherId":"0195a0b4-0000-7000-8000-000000000004"}}""";

    const string Correction = """{"correctionId":"0195a0b4-0000-7000-8000-000000000006","assetId":"line-1","sensorId":"melt-pressure","readings":[{"sampledAt":"2026-03-01T06:00:00.123456+00:00","value":82.5}],"reason":"r","correctedBy":"eve","correctedAt":"2026-03-01T06:00:00.123456+00:00"}""";
    const string Retraction = """{"correctionId":"0195a0b4-0000-7000-8000-000000000006","assetId":"line-1","sensorId":"melt-pressure","from":"2026-03-01T06:00:00.123456+00:00","to":"2026-03-01T06:00:00.123456+00:00","readings":3,"reason":"r","retractedBy":"eve","retractedAt":"2026-03-01T06:00:00.123456+00:00"}""";
    const string Withdrawal = """{"correctionId":"0195a0b4-0000-7000-8000-000000000006","assetId":"line-1","reason":"r","withdrawnBy":"eve","withdrawnAt":"2026-03-01T06:00:00.123456+00:00"}""";

    const string Asked = """{"questionId":"0195a0b4-0000-7000-8000-000000000008","tenant":"north","operation":"getTwin","question":"/api/v1/twins/line-1?validAt=2026","askedAt":"2026-03-01T06:00:00.123456+00:00"}""";

    public static TheoryData<string, string> GoldenEvents => new()
    {
        { nameof(CorrectionWithdrawn), Withdrawal },
        { nameof(ReadingsCorrected), Correction },
        { nameof(ReadingsRetracted), Retraction },
        { nameof(PolicySet), """{"policyId":"north-crew","tenant":"north","subjects":["role:operator"],"may":"write","assets":["below:hall-2"],"setBy":"eve","comment":"c","setAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(PolicyRemoved), """{"policyId":"north-crew","tenant":"north","removedBy":"eve","comment":"c","removedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(QuestionAsked), Asked },
        { nameof(RejectionsNotKept), """{"assetId":"line-1","rejections":10,"readings":12,"countedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RelationshipAdded), """{"source":"press-1","type":"feeds","target":"line-2","properties":[{"id":"share","number":60.5,"unit":"%"},{"id":"why","text":"t"}],"since":"2026-03-01T06:00:00.123456+00:00","addedBy":"eve","comment":"c","addedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RelationshipRemoved), """{"source":"press-1","type":"feeds","target":"line-2","until":"2026-03-01T06:00:00.123456+00:00","removedBy":"eve","comment":"c","removedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(TwinRevised), """{"assetId":"line-1","position":42,"correctionIds":["0195a0b4-0000-7000-8000-000000000006"],"from":"2026-03-01T06:00:00.123456+00:00","sensors":[{"sensorId":"melt-pressure","readingsBefore":2,"readingsAfter":1,"latestBefore":210.5,"latestAfter":null}],"alarmIds":["line-1.hot.1700000000000000"],"hashBefore":"aa","hashAfter":"bb","revisedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmAcknowledged), """{"alarmId":"line-1.hot.1700000000000000","acknowledgedBy":"eve","comment":"seen","acknowledgedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmShelved), """{"alarmId":"line-1.hot.1700000000000000","limitId":"hot","shelvedBy":"eve","reason":"sensor is being changed","until":"2026-03-01T06:00:00.123456+00:00","shelvedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmUnshelved), """{"alarmId":"line-1.hot.1700000000000000","limitId":"hot","unshelvedBy":"eve","unshelvedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmCommented), """{"alarmId":"line-1.hot.1700000000000000","commentedBy":"eve","text":"fan is dirty","commentedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmAssigned), """{"alarmId":"line-1.hot.1700000000000000","assignedTo":"kim","assignedBy":"eve","assignedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmWithdrawn), """{"alarmId":"line-1.hot.1700000000000000","correctionIds":["r1"],"withdrawnAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmCleared), """{"alarmId":"line-1.hot.1700000000000000","value":249.5,"clearedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AlarmRaised), """{"alarmId":"line-1.hot.1700000000000000","assetId":"line-1","limitId":"hot","sensorId":"melt-temperature","severity":"warning","message":"Melt is hot","value":256.25,"unit":"degC","raisedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(AssetRegistered), """{"assetId":"line-1","name":"Line 1","modelId":"extrusion-line","modelVersion":2,"modelHash":"ab12","modelYaml":"schema: x","registeredAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(CalibrationAdopted), $$$"""{"calibrationId":"0195a0b4-0000-7000-8000-000000000005","assetId":"line-1","parameters":{{{InForce}}},"replacedId":"0195a0b4-0000-7000-8000-000000000004","adoptedBy":"eve","comment":"c","adoptedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(CalibrationFailed), """{"calibrationId":"0195a0b4-0000-7000-8000-000000000005","assetId":"line-1","cause":"solver","reason":"r","failedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(CalibrationProposed), $$$"""{"calibrationId":"0195a0b4-0000-7000-8000-000000000005","assetId":"line-1","result":{{{Learned}}},"proposedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(CalibrationRequested), $$$"""{"calibrationId":"0195a0b4-0000-7000-8000-000000000005","assetId":"line-1","modelId":"extrusion-line","modelHash":"ab12","definition":{{{Window}}},"requestedBy":"eve","requestedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(CalibrationRolledBack), $$$"""{"calibrationId":"0195a0b4-0000-7000-8000-000000000005","assetId":"line-1","restoredId":"0195a0b4-0000-7000-8000-000000000004","parameters":{{{InForce}}},"rolledBackBy":"eve","comment":"c","rolledBackAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(CommandRefused), """{"assetId":"line-1","command":"AddRelationship","refusal":"r","sentAt":"2026-03-01T06:00:00.123456+00:00","refusedAt":"2026-03-01T06:00:05.123456+00:00"}""" },
        { nameof(ComponentReplaced), """{"assetId":"line-1","component":"gearbox-bearing","recordedBy":"eve","comment":"c","replacedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ConditionChanged), """{"assetId":"line-1","component":"gearbox-bearing","from":"healthy","to":"degrading","value":1.5,"unit":"mm/s","baselineValue":1.25,"score":4.5,"chartSum":8.5,"chartLimit":8,"changedAfter":"2026-03-01T06:00:00.123456+00:00","criticalValue":7.1,"falseAlarmDays":900.5,"changedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(DayClosed), """{"stream":"telemetry/line-1/2026-03-01","day":"2026-03-01","upTo":42,"firstVersion":1,"lastVersion":2,"firstPosition":7,"lastPosition":9,"count":2,"previous":"00","head":"aa","root":"bb","fingerprints":"AP//"}""" },
        { nameof(DecisionRecommended), $$$"""{"decisionId":"0195a0b4-0000-7000-8000-000000000003","assetId":"line-1","component":"gearbox-bearing","definition":{{{Question}}},"modelHash":"ab12","logPosition":42,"basis":{{{Rul}}},"answer":{{{Advice}}},"recommendedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(DecisionTaken), """{"decisionId":"0195a0b4-0000-7000-8000-000000000003","option":"replace now","takenBy":"eve","comment":"c","takenAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(FailureOccurred), """{"assetId":"line-1","component":"gearbox-bearing","recordedBy":"eve","comment":"c","failedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(HealthAssessed), """{"assetId":"line-1","component":"gearbox-bearing","level":"degrading","ageDays":15.5,"position":42,"quantileDays":[1.5,2.5,null],"models":[{"model":"fleet","weight":1}],"cannotSay":"c","assessedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(LogSealed), """{"day":"2026-03-01","after":6,"upTo":42,"events":2,"streams":1,"root":"aa","previous":"00","sealedAt":"2026-03-01T06:00:00.123456+00:00","keyId":"0123456789abcdef","signature":"AP//"}""" },
        { nameof(ModelRegistered), """{"modelId":"extrusion-line","modelVersion":2,"modelHash":"ab12","modelYaml":"schema: x","registeredAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ModelRevised), """{"modelId":"kettle","modelVersion":2,"modelHash":"ab12","tenant":"north","revisedBy":"eve","comment":"c","revisedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(OutcomeObserved), """{"decisionId":"0195a0b4-0000-7000-8000-000000000003","kind":"failed","recordedBy":"eve","occurredAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RebuildFinished), """{"rebuildId":"0195a0b4-0000-7000-8000-000000000007","equal":7,"different":1,"failed":2,"problems":[{"assetId":"line-1","outcome":"failed","detail":"d"}],"finishedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RebuildProgressed), """{"rebuildId":"0195a0b4-0000-7000-8000-000000000007","equal":7,"different":1,"failed":2,"progressedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RebuildStarted), """{"rebuildId":"0195a0b4-0000-7000-8000-000000000007","assets":1,"assetIds":["line-1"],"startedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ReadingsDropped), """{"day":"2026-03-01","streams":2,"events":86400,"readings":1036800}""" },
        { nameof(ReadingsRejected), """{"id":"0195a0b4-0000-7000-8000-000000000001","assetId":"line-1","source":"pollux/line-1/senml","payload":"AP//","digest":"cd34","readings":3,"reasons":[{"code":"unknown-sensor","detail":"n is x"}],"rejectedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RejectionReplayed), """{"rejectionId":"0195a0b4-0000-7000-8000-000000000001","stored":2,"duplicates":1,"rejected":4,"reasons":[{"code":"not-finite","detail":"v is NaN"}],"replayedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ScenarioCancelled), """{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","progress":0.4,"cancelledAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ScenarioCompleted), $$"""{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","contentHash":"ee","logPosition":42,"modelHash":"ab12","kpis":[{{Kpi}}],"warnings":["w"],"wasStored":true,"runSeconds":0.75,"completedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ScenarioFailed), """{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","cause":"solver","reason":"rodas3 stopped","failedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ScenarioProgressed), """{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","progress":0.25,"finishedShards":2,"progressedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ScenarioRequested), $$"""{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","assetId":"line-1","name":"n","modelId":"extrusion-line","modelHash":"ab12","definition":{{Definition}},"requestedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(ScenarioStarted), """{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","contentHash":"ee","inputsHash":"ff","shards":8,"startedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(TwinRebuilt), """{"assetId":"line-1","position":42,"liveHash":"aa","rebuiltHash":"bb","readings":7,"rebuiltAt":"2026-03-01T06:00:00.123456+00:00"}""" },
    };

    [Theory, MemberData(nameof(GoldenEvents))]
    public void Events_of_the_past_are_read_and_written_unchanged(string type, string golden)
    {
        var e = Events.FromJson(
            typeof(AlarmRaised).Assembly.GetType($"Contracts.Events.{type}", throwOnError: true)!,
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(golden)));
        AssertSame(golden, Events.ToJson(e));
    }

    [Fact]
    public void Every_event_has_a_golden_form() => Assert.Equal(
        EventLog.EventNames.Keys.Select(t => t.Name).Order(StringComparer.Ordinal),
        GoldenEvents.Select(g => g.Data.Item1).Append(nameof(ReadingsRecorded)).Order(StringComparer.Ordinal));

    [Fact]
    public void A_telemetry_batch_of_the_past_is_read_to_the_bit()
    {
        Assert.Equal(GoldenBatch, Convert.ToBase64String(TelemetryCodec.Encode(BatchOfThePast, 1)));
        List<Reading> readings = [];
        Assert.Equal(1, TelemetryCodec.Decode(Convert.FromBase64String(GoldenBatch), readings));
        Assert.Equal(BatchOfThePast, readings);
    }

    const string GoldenBatch =
        "CQA4OS7wSwYAEYG8Vy7wSwYAGgkQAxoFAICJegIiEwgBGgkIAhIFhCAyjSUyBAIBAQIiIggHKhgYLURU+yEJQJXWJugLLhE+AAAAAADgdUAyBAIBAQMoAQ==";

    // Two sensors sampled together, short decimals and irregular values, all three qualities.
    static readonly Reading[] BatchOfThePast =
    [
        new(1, 1_772_344_800_000_000, 20.5), new(1, 1_772_344_801_000_000, 20.75), new(1, 1_772_344_802_000_001, -3, Quality.Uncertain),
        new(7, 1_772_344_800_000_000, Math.PI), new(7, 1_772_344_801_000_000, 1e-9), new(7, 1_772_344_802_000_001, 350, Quality.Bad),
    ];

    const string Batch = """{"assetId":"line-1","stream":"telemetry/line-1/2026-03-01","version":3,"position":42,"recordedAt":"2026-03-01T06:00:00.123456+00:00","batch":"AP//","traceParent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}""";
    const string Sensor = """{"id":"melt-temperature","name":"melt temperature","component":"die","quantity":"temperature","unit":"degC","value":201.5,"quality":"good","sampledAt":"2026-03-01T06:00:00.123456+00:00","staleAt":"2026-03-01T06:00:10.123456+00:00","readings":7,"statistics":{"windowSeconds":60,"count":7,"mean":201.25,"standardDeviation":0.5,"minimum":200,"maximum":202}}""";
    const string Alarm = """{"id":"line-1.hot.1700000000000000","assetId":"line-1","limitId":"hot","sensorId":"melt-temperature","severity":"warning","message":"Melt is hot","state":"closed","value":256.25,"unit":"degC","raisedAt":"2026-03-01T06:00:00.123456+00:00","acknowledgedAt":"2026-03-01T06:01:00+00:00","acknowledgedBy":"eve","comment":"seen","clearedAt":"2026-03-01T06:02:00+00:00"}""";

    public static TheoryData<string, string> GoldenMessages => new()
    {
        { nameof(SetPolicy), """{"policyId":"north-crew","tenant":"north","subjects":["role:operator"],"may":"write","assets":["below:hall-2"],"by":"eve","comment":"c"}""" },
        { nameof(RemovePolicy), """{"policyId":"north-crew","tenant":"north","by":"eve","comment":"c"}""" },
        { nameof(PolicyAnswered), """{"refusal":"r","position":42}""" },
        { nameof(ReviseModel), """{"modelYaml":"schema: x","tenant":"north"}""" },
        { nameof(ModelAnswered), """{"refusal":"r","position":42}""" },
        { nameof(PoliciesChanged), """{"position":42}""" },
        { nameof(RecordQuestion), $$"""{"question":{{Asked}}}""" },
        { nameof(AddRelationship), """{"source":"press-1","type":"feeds","target":"line-2","properties":[{"id":"share","number":60.5,"unit":"%"}],"since":"2026-03-01T06:00:00.123456+00:00","by":"eve","comment":"c"}""" },
        { nameof(RemoveRelationship), """{"source":"press-1","type":"feeds","target":"line-2","until":"2026-03-01T06:00:00.123456+00:00","by":"eve","comment":"c"}""" },
        { nameof(RelationshipAnswered), """{"refusal":"r","position":42}""" },
        { nameof(GraphChanged), """{"position":42}""" },
        { nameof(CorrectReadings), $$"""{"assetId":"line-1","correction":{{Correction}}}""" },
        { nameof(RetractReadings), $$"""{"assetId":"line-1","retraction":{{Retraction}}}""" },
        { nameof(WithdrawCorrection), $$"""{"assetId":"line-1","withdrawal":{{Withdrawal}}}""" },
        { nameof(AcknowledgeAlarm), """{"assetId":"line-1","alarmId":"line-1.hot.1700000000000000","acknowledgedBy":"eve","comment":"seen"}""" },
        { nameof(HandleAlarm), """{"assetId":"line-1","alarmId":"line-1.hot.1700000000000000","action":"shelve","by":"eve","text":"sensor is being changed","until":"2026-03-01T06:00:00.123456+00:00","assignedTo":null}""" },
        { nameof(AssetChanged), """{"assetId":"line-1","position":42}""" },
        { nameof(BacktestFinished), $$$"""{"result":{"definition":{{{Tried}}},"windows":7,"lateReadings":1,"unusableWindows":2,"alarms":[{"level":"degrading","at":"2026-03-01T06:00:00.123456+00:00","changedAfter":"2026-03-01T06:00:00.123456+00:00","value":1.5,"isFalse":true}],"failures":[{"at":"2026-03-01T06:00:00.123456+00:00","leadDays":4.5}],"falseAlarms":1,"missedFailures":2,"expectedFalseAlarmDays":900.5,"level":"healthy","p50Days":12.5},"refusal":{{{Refused}}}}""" },
        { nameof(DecideMaintenance), $$$"""{"decisionId":"0195a0b4-0000-7000-8000-000000000003","modelHash":"ab12","definition":{{{Question}}}}""" },
        { nameof(MaintenanceDecided), $$$"""{"decision":{{{Decision}}},"refusal":{{{Refused}}}}""" },
        { nameof(ObserveOutcomes), """{"assetId":"line-1","component":"gearbox-bearing"}""" },
        { nameof(RecordMaintenance), """{"assetId":"line-1","component":"gearbox-bearing","kind":"failed","at":"2026-03-01T06:00:00.123456+00:00","recordedBy":"eve","comment":"c"}""" },
        { nameof(RunBacktest), $$$"""{"modelHash":"ab12","definition":{{{Tried}}}}""" },
        { nameof(TakeDecision), """{"decisionId":"0195a0b4-0000-7000-8000-000000000003","option":"replace now","takenBy":"eve","comment":"c"}""" },
        { nameof(AdoptCalibration), """{"assetId":"line-1","calibrationId":"0195a0b4-0000-7000-8000-000000000005","by":"eve","comment":"c"}""" },
        { nameof(CalibrationAnswered), $$$"""{"calibration":{{{Calibration}}},"refusal":{{{Refused}}}}""" },
        { nameof(RequestCalibration), $$$"""{"calibrationId":"0195a0b4-0000-7000-8000-000000000005","modelId":"extrusion-line","modelHash":"ab12","definition":{{{Window}}},"requestedBy":"eve","requestedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RollBackCalibration), """{"assetId":"line-1","calibrationId":"0195a0b4-0000-7000-8000-000000000005","by":"eve","comment":"c"}""" },
        { nameof(CancelScenario), """{"scenarioId":"0195a0b4-0000-7000-8000-000000000002"}""" },
        { nameof(ReadingsAnnounced), $$"""{"batches":[{{Batch}}]}""" },
        { nameof(RebuildAnswered), """{"rebuildId":"0195a0b4-0000-7000-8000-000000000007"}""" },
        { nameof(RebuildTwin), """{"assetId":"line-1"}""" },
        { nameof(StartRebuild), """{"rebuildId":"0195a0b4-0000-7000-8000-000000000007","assetIds":["line-1"]}""" },
        { nameof(RegisterAsset), """{"assetId":"line-1","name":"Line 1","modelId":"extrusion-line"}""" },
        { nameof(RegisterAssets), """{"assets":[{"assetId":"line-1","name":"Line 1","modelId":"extrusion-line","labels":{"plant":"north"}}]}""" },
        { nameof(AssetsRegistered), """{"outcomes":[{"assetId":"line-1","kind":"refused","reason":"r"}],"position":42}""" },
        { nameof(ReplayRejection), """{"assetId":"line-1","stream":"rejected/line-1/2026-03-01","rejectionId":"0195a0b4-0000-7000-8000-000000000001"}""" },
        { nameof(RequestScenario), $$"""{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","name":"n","modelId":"extrusion-line","modelHash":"ab12","definition":{{Definition}},"requestedAt":"2026-03-01T06:00:00.123456+00:00"}""" },
        { nameof(RunScenarioShard), """{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","shard":3}""" },
        { nameof(ScenarioChanged), $$$"""{"scenario":{"id":"0195a0b4-0000-7000-8000-000000000002","assetId":"line-1","name":"n","modelId":"extrusion-line","modelHash":"ab12","definition":{{{Definition}}},"state":"failed","progress":0.5,"version":4,"requestedAt":"2026-03-01T06:00:00.123456+00:00","startedAt":"2026-03-01T06:00:01+00:00","finishedAt":"2026-03-01T06:00:02+00:00","runSeconds":0.75,"contentHash":"ee","wasStored":true,"cause":"solver","reason":"rodas3 stopped","kpis":[{{{Kpi}}}],"warnings":["w"]}}""" },
        { nameof(ScenarioShardFinished), """{"scenarioId":"0195a0b4-0000-7000-8000-000000000002","shard":3,"cause":"solver","reason":"rodas3 stopped"}""" },
        { nameof(SensorsWentOffline), """{"assetId":"line-1","at":"2026-03-01T06:00:00.123456+00:00","reason":"death"}""" },
        { nameof(TwinsChanged), """{"twins":[{"assetId":"line-1","position":42,"revision":5,"traceParent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","view":"e30="}]}""" },
    };

    [Theory, MemberData(nameof(GoldenMessages))]
    public void Messages_of_the_past_are_read_and_written_unchanged(string type, string golden)
    {
        var messageType = typeof(AssetChanged).Assembly.GetType($"Contracts.Messages.{type}", throwOnError: true)!;
        var message = JsonSerializer.Deserialize(golden, messageType, SystemTextJsonMessageSerializer.Options);
        AssertSame(golden, JsonSerializer.Serialize(message, messageType, SystemTextJsonMessageSerializer.Options));
    }

    [Fact]
    public void An_alarm_that_tells_its_limit_is_read_and_written_unchanged()
    {
        const string Golden = """
            {"alarmId":"line-1.hot.1700000000000000","assetId":"line-1","limitId":"hot","sensorId":"melt-temperature","severity":"warning",
             "message":"melt temperature above 255","value":256.25,"unit":"degC","raisedAt":"2026-03-01T06:00:00.123456+00:00",
             "name":"melt temperature","direction":"above","threshold":255,"consequence":"The polymer degrades."}
            """;
        var raised = Events.FromJson<AlarmRaised>(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Golden)));
        Assert.Equal(("above", 255, "The polymer degrades."), (raised.Direction, raised.Threshold, raised.Consequence));
        AssertSame(Golden, Events.ToJson(raised));
    }

    [Fact]
    public void An_alarm_of_a_signal_is_read_and_written_unchanged()
    {
        const string Golden = """
            {"alarmId":"line-1.late.1700000000000000","assetId":"line-1","limitId":"late","sensorId":null,"severity":"warning",
            "message":"Melts late","value":1.46,"unit":"m","raisedAt":"2026-03-01T06:00:00.123456+00:00","signalId":"melting-length"}
            """;
        var raised = Events.FromJson<AlarmRaised>(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Golden)));
        Assert.Equal("melting-length", raised.SignalId);
        AssertSame(Golden, Events.ToJson(raised));
    }

    [Fact]
    public void Errors_held_out_of_an_adopted_calibration_are_read_and_written_unchanged()
    {
        const string Golden = """
            {"calibrationId":"0195a0b4-0000-7000-8000-000000000005","modelHash":"ab12","values":[],"correlation":[],
            "errors":[{"signalId":"melt-temperature","rootMeanSquare":0.75,"changes":3}]}
            """;
        var set = Events.FromJson<Contracts.Calibrations.ParameterSet>(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Golden)));
        Assert.Equal(new("melt-temperature", 0.75, 3), Assert.Single(set.Errors!));
        AssertSame(Golden, Events.ToJson(set));
    }

    [Fact]
    public void A_saved_view_of_the_past_is_read_and_packed_unchanged()
    {
        const string Golden = $$"""{"assetId":"line-1","name":"Line 1","modelId":"extrusion-line","position":42,"revision":5,"recordedAt":"2026-03-01T06:00:00.123456+00:00","sampledAt":"2026-03-01T06:00:00.123456+00:00","readings":7,"stateHash":"aa","sensors":[{{Sensor}}],"alarms":[{{Alarm}}],"traceParent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}""";
        var packed = TwinViews.Pack(JsonSerializer.Deserialize<TwinView>(Golden, JsonSerializerOptions.Web)!);
        Assert.Equal(("line-1", 42, 5), (packed.AssetId, packed.Position, packed.Revision));
        AssertSame(Golden, System.Text.Encoding.UTF8.GetString(packed.View));
    }

    [Fact]
    public void Every_message_has_a_golden_form() =>
        Assert.Equal(MessageTypes().Select(t => t.Name).Order(StringComparer.Ordinal),
            GoldenMessages.Select(g => g.Data.Item1).Order(StringComparer.Ordinal));

    static IEnumerable<Type> MessageTypes()
    {
        var types = typeof(AssetChanged).Assembly.GetTypes()
            .Where(t => t is { Namespace: "Contracts.Messages", IsPublic: true, IsAbstract: false }).ToList();
        // Parts of messages are not messages themselves; the twin view is sent packed.
        var parts = types.SelectMany(t => t.GetProperties()).Select(p => p.PropertyType).SelectMany(t => t.GenericTypeArguments.Append(t))
            .Append(typeof(TwinView)).ToHashSet();
        return types.Where(t => !parts.Contains(t));
    }

    // A removed member is missing from the written JSON; a renamed one is null in it.
    static void AssertSame(string golden, string actual)
    {
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(golden), JsonNode.Parse(actual)), $"was {golden}\nis  {actual}");
    }
}

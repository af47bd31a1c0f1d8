using ServiceDefaults;
using Simulation;
using Simulation.Calibrations;
using Simulation.Decisions;
using Simulation.Results;
using Simulation.Scenarios;

const int httpPort = 5103;
if (args is ["health"]) return await AskHealth.Run(httpPort);
var builder = Hosting.CreateBuilder(args);
builder.AddServiceDefaults("simulation", httpPort);
builder.AddEventLog(SimulationTables.Register);
builder.AddMessaging(Queues.AddConsumers, Queues.AddEndpoints);
builder.AddSettings<SimulationSettings>("Simulation");
builder.Services.AddSingleton<LogReader>().AddAssetRegistry().AddSingleton<ScenarioStore>().AddSingleton<ResultStore>()
    .AddSingleton<FindModel>().AddSingleton<FindTelemetry>().AddSingleton<StoredCheckpoints>().AddSingleton<ReadEstimate>()
    .AddSingleton<ReadParameters>().AddSingleton<ReadInputs>().AddSingleton<StartScenario>().AddSingleton<MergeShards>()
    .AddSingleton<ScenarioPlans>();
builder.Services.AddDecisions();
builder.Services.AddCalibrations();
builder.Services.AddHostedService<RestoreFromLog>().AddHostedService<KeepTimeLimits>().AddHostedService<SendShardsAgain>()
    .AddHostedService<WarmUp>().AddHostedService<DeleteOldResults>();

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunOrCommand(args);

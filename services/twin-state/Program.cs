using Cluster;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinState;
using TwinState.Assets;
using TwinState.Checks;
using TwinState.Graphs;
using TwinState.News;
using TwinState.Policies;
using TwinState.Rebuilds;
using TwinState.Twins;
using TwinState.Upkeep;

const int httpPort = 5102;
const int clusterPort = 5112;
if (args is ["health"]) return await AskHealth.Run(httpPort);
var builder = Hosting.CreateBuilder(args);
builder.AddServiceDefaults("twin-state", httpPort);
builder.AddEventLog(options =>
{
    TwinTables.Register(options);
    ClusterSetup.RegisterTables(options, "twin_state");
});
builder.AddCluster("twin-state", "twin_state", clusterPort, silo => silo.AddGrainService<NewsService>());
// Its base class reports every start, stop and change of members.
builder.Logging.AddFilter(typeof(NewsService).FullName, LogLevel.Warning);
builder.AddMessaging(Endpoints.AddConsumers, Endpoints.Add);
builder.AddSettings<TwinStateSettings>("TwinState");
builder.Configuration.RequireDirectory("Assets:Directory", "the folder of the *.asset.yaml files");
builder.Services.AddSingleton<LogReader>()
    .AddAssetRegistry().AddSingleton<ShippedModels>().AddSingleton<ModelLog>().AddSingleton<ModelsInForce>()
    .AddSingleton<ReviseModel>().AddSingleton<RegisterAssets>().AddSingleton<TwinGraph>()
    .AddSingleton<ChangeGraph>().AddSingleton<RecordQuestions>().AddSingleton<RecordRefusals>().AddSingleton<PolicyLog>().AddTwins();
builder.Services.AddHostedService<RegisterShippedAssets>().AddHostedService<FollowLog>()
    .AddHostedService<ShowTwins>().AddHostedService<WatchQueues>().AddHostedService<CheckTwins>()
    .AddSingleton<RunRebuilds>().AddHostedService(services => services.GetRequiredService<RunRebuilds>());

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunOrCommand(args);

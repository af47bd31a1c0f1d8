using Cluster;
using Contracts.Messages;
using Ingest;
using Ingest.Corrections;
using Ingest.Imports;
using Ingest.Messages;
using Ingest.Recording;
using Ingest.Seals;
using MassTransit;
using ServiceDefaults;
using ServiceDefaults.Access;
using ServiceDefaults.Seals;

const int httpPort = 5101;
const int clusterPort = 5111;
if (args is ["health"]) return await AskHealth.Run(httpPort);
var builder = Hosting.CreateBuilder(args);
builder.AddServiceDefaults("ingest", httpPort);
builder.AddEventLog(options =>
{
    IngestTables.Register(options);
    ClusterSetup.RegisterTables(options, "ingest");
});
builder.AddCluster("ingest", "ingest", clusterPort, silo =>
    silo.AddGrainService<RecorderService>().AddGrainService<ReceiverService>());
builder.AddMessaging(bus => bus.AddConsumers(typeof(ReplayRejectionConsumer), typeof(CorrectReadingsConsumer)), (context, rabbit) =>
{
    rabbit.ReceiveEndpoint(QueueNames.Corrections, endpoint =>
    {
        endpoint.TakeFromOthers(QueueNames.Corrections);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.SetQuorumQueue();
        endpoint.DropRefused();
        endpoint.ConfigureConsumer<CorrectReadingsConsumer>(context);
    });
    rabbit.ReceiveEndpoint(QueueNames.ReplayRejection, endpoint =>
    {
        endpoint.TakeFromOthers(QueueNames.ReplayRejection);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.SetQuorumQueue();
        endpoint.ConfigureConsumer<ReplayRejectionConsumer>(context);
    });
});
// Their base class reports every start, stop and change of members.
foreach (var service in new[] { typeof(RecorderService), typeof(ReceiverService) })
    builder.Logging.AddFilter(service.FullName, LogLevel.Warning);
builder.AddCrossOrigin();
builder.AddAccess();
builder.AddImportReference();
var settings = builder.AddSettings<IngestSettings>("Ingest");
builder.Services.AddRequestDecompression();
builder.Services.AddSingleton(MqttAddress.Of(builder.Configuration, settings.MqttAuthorityFile));
builder.Services.AddSingleton<LogReader>()
    .AddSingleton<PolicyLog>().AddSingleton<TwinGraph>().AddSingleton<Reach>().AddSingleton<ReachNow>()
    .AddAssetRegistry().AddSingleton<RejectionLog>().AddSingleton<AppendReadings>()
    .AddSingleton<RecorderClient>().AddSingleton<ReceiverClient>().AddSingleton<RouteTopic>().AddSingleton<ReadSparkplug>()
    .AddSingleton(Quotas.Read(builder.Configuration)).AddHosted<TenantUse>()
    .AddHosted<FollowAssets>().AddHosted<AnnounceReadings>().AddHosted<RecordReadings>()
    .AddSingleton<IRecorder, RecordAtOwner>().AddHosted<ReceiveMessages>()
    .AddHostedService<SayLegacyState>().AddHostedService<SealDays>();
if (settings.SealKeyFile is { Length: > 0 } keyFile)
    builder.Services.AddSingleton(SealKey.Read("Ingest:SealKeyFile", keyFile)).AddSingleton<SealLog>();
builder.Services.AddHealthChecks().AddCheck<ReceiveMessages>("mqtt", tags: ["ready"]).AddCheck<RecordReadings>("append", tags: ["ready"]);

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseCors();
app.UseAccess();
app.UseRequestDecompression();
app.MapOpenApi().WithHead().AllowAnonymous();
app.MapGroup("").WithProblems().MapImportTelemetry();
return await app.RunOrCommand(args);

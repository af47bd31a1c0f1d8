using ServiceDefaults;
using TwinState.Alarms;
using TwinState.Checks;
using TwinState.Estimates;
using TwinState.Health;
using TwinState.News;
using TwinState.Rebuilds;
using TwinState.Revisions;
using TwinState.Twins;
using TwinState.Upkeep;

namespace TwinState;

/// <summary>Registers twins and their features.</summary>
static class TwinFeatures
{
    public static IServiceCollection AddTwins(this IServiceCollection services) => services
        .AddSingleton<LoadTwins>().AddSingleton<SaveTwins>().AddSingleton<RederiveLimits>().AddSingleton<ActiveTwins>()
        .AddSingleton<Func<string, TwinOwner>>(s => assetId => ActivatorUtilities.CreateInstance<TwinOwner>(s, assetId))
        .AddSingleton<TakeNews>().AddSingleton<NewsClient>().AddSingleton<CatchUpLimit>().AddSingleton<TendTwin>()
        .AddSingleton<EstimationModels>().AddSingleton<EstimateRows>().AddSingleton<StoredCheckpoints>().AddSingleton<FollowEstimate>()
        .AddSingleton<AcknowledgeAlarm>().AddSingleton<HandleAlarm>().AddSingleton<RecordMaintenance>().AddSingleton<RebuildTwin>()
        .AddSingleton<ReplayTwin>().AddSingleton<RebuildLog>().AddSingleton<FindMachines>().AddSingleton<ReviseTwin>()
        .AddSingleton<ReplayClaim>();
}

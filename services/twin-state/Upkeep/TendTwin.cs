using Microsoft.Extensions.Options;
using TwinState.Estimates;
using TwinState.Revisions;
using TwinState.Twins;

namespace TwinState.Upkeep;

/// <summary>
/// Once a second per twin: follows a new registration and corrections, derives late readings again, detects silent sensors, saves, and
/// brings the estimate on.
/// </summary>
sealed class TendTwin(
    ReviseTwin reviseTwin, RederiveLimits rederiveLimits, FollowEstimate followEstimate, IOptions<TwinStateSettings> settings)
{
    public async Task Tend(TwinOwner owner, DateTimeOffset now, CancellationToken cancel)
    {
        var twin = await reviseTwin.Revise(owner, await owner.Load(cancel), cancel);
        await rederiveLimits.Rederive(owner, twin, cancel);
        if (DecideUpkeep.Save(twin, now, settings.Value) is { } save)
            await owner.Append(twin, save.Events, cancel);
        await followEstimate.Follow(owner, twin, cancel);
    }
}

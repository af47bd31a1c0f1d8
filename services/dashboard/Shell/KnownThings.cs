using Contracts.Query.V1;
using Grpc.Core;

namespace Dashboard.Shell;

/// <summary>Knows whether what an address names exists, so that a dead link is answered 404 and not as a page.</summary>
sealed class KnownThings(
    AssetService.AssetServiceClient assets, ScenarioService.ScenarioServiceClient scenarios,
    DecisionService.DecisionServiceClient decisions, ModelService.ModelServiceClient models, TimeProvider time)
{
    // The page asks again and says what is wrong; whoever waits for it should not wait for this too.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>False only if query says that there is none.</summary>
    public async Task<bool> Exist(string path, CancellationToken cancel)
    {
        try
        {
            var options = new CallOptions(deadline: time.GetUtcNow().UtcDateTime + Patience, cancellationToken: cancel);
            await (path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray() switch
            {
                ["machines", var id, ..] => Of(assets.GetAssetAsync(new() { AssetId = id }, options)),
                ["what-if", "compare", var a, var b] => Task.WhenAll(Scenario(a), Scenario(b)),
                ["what-if", var id] => Scenario(id),
                ["decisions", var id] => Of(decisions.GetDecisionAsync(new() { DecisionId = id }, options)),
                ["models", var id] => Of(models.GetModelAsync(new() { ModelId = id }, options)),
                _ => Task.CompletedTask,
            });
            return true;

            Task Scenario(string id) => Of(scenarios.GetScenarioAsync(new() { ScenarioId = id }, options));
        }
        catch (RpcException e)
        {
            return e.StatusCode != StatusCode.NotFound;
        }
    }

    static Task Of<T>(AsyncUnaryCall<T> call) => call.ResponseAsync;
}

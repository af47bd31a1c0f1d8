namespace Cli;

/// <summary>Ensures that an asset is registered.</summary>
static class RegisterByName
{
    // Ingest checks for new assets every second; until then it may not be subscribed to their topics.
    static readonly TimeSpan UntilIngestKnows = TimeSpan.FromSeconds(2);

    /// <summary>Returns the text of the asset's model, after registering the asset if it is unknown.</summary>
    /// <exception cref="QueryException">The service refused the registration.</exception>
    public static async Task<string> Run(QueryClient query, string assetId, string modelId, CancellationToken cancel)
    {
        var path = $"/api/v1/assets/{Uri.EscapeDataString(assetId)}";
        if (await query.Find($"{path}/model", cancel) is { } known) return known;
        await Console.Error.WriteLineAsync($"{assetId} is not registered yet: registering it as {modelId}");
        await query.Send(HttpMethod.Put, path, new { model = modelId }, cancel);
        await Task.Delay(UntilIngestKnows, cancel);
        return await query.Find($"{path}/model", cancel) ?? throw new QueryException($"{assetId} could not be registered as {modelId}.");
    }
}

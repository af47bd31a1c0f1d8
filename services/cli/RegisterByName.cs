namespace Cli;

/// <summary>Makes sure that an asset is registered.</summary>
static class RegisterByName
{
    // Ingest looks for new assets every second, and rejects what comes from an asset it does not know.
    static readonly TimeSpan UntilIngestKnows = TimeSpan.FromSeconds(2);

    /// <summary>The text of the asset's model; an unknown asset is registered.</summary>
    /// <exception cref="QueryException">Refused.</exception>
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

using System.Net;
using System.Net.Http.Json;
using Contracts.Events;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults;

namespace Query.Tests;

public class UnreadableAssetTests
{
    [Theory]
    [InlineData("/api/v1/assets/press-7")]
    [InlineData("/api/v1/assets/press-7/model")]
    [InlineData("/api/v1/twins/press-7/history?sensor=pressure")]
    [InlineData("/api/v1/scenarios")]
    public async Task Whoever_asks_for_an_asset_with_an_unreadable_model_is_told_why(string path)
    {
        var api = QueryApi.Default;
        api.Services.GetRequiredService<AssetRegistry>()
            .Take(7, new AssetRegistered("press-7", "Press 7", "press", 3, "0", "schema: of/long-ago", DateTimeOffset.UnixEpoch));
        using var answer = path.EndsWith("scenarios", StringComparison.Ordinal)
            ? await api.Http.PostAsJsonAsync(path, new { asset = "press-7" }, TestContext.Current.CancellationToken)
            : await api.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var detail = (string)(await QueryApi.Json(answer))["detail"]!;
        Assert.Contains("press-7", detail, StringComparison.Ordinal);
        Assert.Contains("log position 7", detail, StringComparison.Ordinal);
        Assert.Contains("pollux/asset-model/1", detail, StringComparison.Ordinal);
    }
}

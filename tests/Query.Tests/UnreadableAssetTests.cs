using System.Net;
using System.Net.Http.Json;
using Contracts.Events;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults;

namespace Query.Tests;

public class UnreadableAssetTests
{
    static readonly AssetRegistered Unreadable = new(
        "press-7", "Press 7", "press", 3, "0", "schema: of/long-ago", DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task The_list_of_assets_shows_it_with_the_reason()
    {
        QueryApi.Default.Services.GetRequiredService<AssetRegistry>().Take(7, Unreadable);
        using var answer = await QueryApi.Default.Http.GetAsync("/api/v1/assets?search=press-7", TestContext.Current.CancellationToken);
        var asset = Assert.Single((await QueryApi.Json(answer))["items"]!.AsArray())!;
        Assert.Equal(("press-7", "Press 7", "press"), ((string)asset["id"]!, (string)asset["name"]!, (string)asset["modelId"]!));
        Assert.Contains("cannot be read", (string)asset["problem"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/assets/press-7")]
    [InlineData("/api/v1/assets/press-7/model")]
    [InlineData("/api/v1/twins/press-7/history?sensor=pressure")]
    [InlineData("/api/v1/scenarios")]
    public async Task Whoever_asks_for_an_asset_with_an_unreadable_model_is_told_why(string path)
    {
        var api = QueryApi.Default;
        api.Services.GetRequiredService<AssetRegistry>().Take(7, Unreadable);
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

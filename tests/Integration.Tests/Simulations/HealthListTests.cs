using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;

namespace Integration.Tests.Simulations;

/// <summary>The summary of all wearing parts, over REST and gRPC.</summary>
[Collection<OnOneDecisionSystem>]
public class HealthListTests(DecisionSystem system) : SystemTest<DecisionSystem>(system)
{
    static readonly string[] Levels = ["learning", "healthy", "degrading", "critical"];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_are_listed_by_asset_with_level_and_remaining_life_and_by_level()
    {
        var start = new DateTimeOffset(DateTime.UtcNow.Date.AddDays(-16), TimeSpan.Zero);
        var (degrading, healthy, learning) = (Pollux.NextAsset(), Pollux.NextAsset(), Pollux.NextAsset());
        string[] mine = [degrading, healthy, learning];
        // Registration alone is not enough: there are no readings yet.
        Assert.Empty(await Rest(null));
        Assert.Empty(await Rpc(""));

        await Pollux.Live(degrading, start, 0, 15, 12);
        await Pollux.Live(healthy, start, 0, 11, 100);
        await Pollux.Live(learning, start, 0, 0.5, 100);

        var all = await Rest(null);
        Assert.Equal(
            new[] { (degrading, "degrading"), (healthy, "healthy"), (learning, "learning") }.OrderBy(p => p.Item1, StringComparer.Ordinal)
                .Select(p => (p.Item1, DecisionSystem.Bearing, p.Item2)),
            all.Select(p => (p.AssetId, p.Component, p.Level)));
        using var empty = await Pollux.Query.Http.GetAsync("/api/v1/health?level=", Cancel);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, empty.StatusCode);
        // The summary agrees with the asset's own answer.
        foreach (var part in all)
        {
            var condition = (await Pollux.Health(part.AssetId))["condition"]!;
            Assert.Equal(
                ((string)condition["level"]!, (DateTimeOffset?)condition["since"], (double?)condition["assessment"]?["p50"]),
                (part.Level, part.Since, part.P50));
        }
        var (worn, sound) = (all.Single(p => p.AssetId == degrading), all.Single(p => p.AssetId == healthy));
        Assert.True(worn.P50 < sound.P50, $"{worn} {sound}");
        Assert.InRange(worn.Since!.Value, start.AddDays(12), start.AddDays(15));

        foreach (var level in Levels) Assert.Equal(all.Where(p => p.Level == level), await Rest(level));
        // gRPC says the same.
        foreach (var level in Levels) Assert.Equal(await Rest(level), await Rpc(level));
        Assert.Equal(all, await Rpc(""));

        // The list also holds machines of other tests.
        async Task<List<Part>> Rest(string? level) => [.. (await ListByRest(level)).Where(p => mine.Contains(p.AssetId))];
        async Task<List<Part>> Rpc(string level) => [.. (await ListByRpc(level)).Where(p => mine.Contains(p.AssetId))];
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("Healthy")]
    [InlineData("healthy,degrading")]
    public async Task A_level_that_there_is_not_is_refused_with_those_there_are(string level)
    {
        using var answer = await Pollux.Query.Http.GetAsync($"/api/v1/health?level={Uri.EscapeDataString(level)}", Cancel);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        Assert.Equal((400, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(("level", string.Join(", ", Levels)), ((string)problem!["field"]!, (string)problem["allowed"]!));
        Assert.Contains(level, (string)problem["detail"]!, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<RpcException>(() => ListByRpc(level));
        Assert.Equal((StatusCode.InvalidArgument, "level"), (refused.StatusCode, refused.Trailers.GetValue("field")));
        Assert.Equal(string.Join(", ", Levels), System.Text.Encoding.UTF8.GetString(refused.Trailers.GetValueBytes("allowed-bin")!));
    }

    sealed record Part(string AssetId, string Component, string Level, DateTimeOffset? Since, double? P50);

    async Task<List<Part>> ListByRest(string? level) =>
        (await Pollux.Query.Http.GetFromJsonAsync<List<Part>>($"/api/v1/health{(level is null ? "" : $"?level={level}")}", Cancel))!;

    async Task<List<Part>> ListByRpc(string level)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Pollux.Query.GrpcPort}");
        var answer = await new HealthService.HealthServiceClient(channel)
            .ListHealthAsync(new() { Level = level }, cancellationToken: Cancel);
        return [.. answer.Parts.Select(
            p => new Part(p.AssetId, p.Component, p.Level, p.Since?.ToDateTimeOffset(), p.HasP50 ? p.P50 : null))];
    }
}

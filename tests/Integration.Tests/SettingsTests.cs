using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Contracts.Query.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Integration.Tests.Running;
using ServiceDefaults;

namespace Integration.Tests;

/// <summary>Invalid settings stop a service at once with one line; servers that are not up yet are waited for.</summary>
public sealed class SettingsTests : IDisposable
{
    readonly string log = Path.Combine(Path.GetTempPath(), $"pollux-settings-{Guid.NewGuid():n}.log");

    // Nothing listens on port 1.
    static Dictionary<string, string> Alone() => new()
    {
        ["Cluster__Port"] = ServiceProcess.FreePort().ToString(CultureInfo.InvariantCulture),
        ["Ports__Http"] = ServiceProcess.FreePort().ToString(CultureInfo.InvariantCulture),
        ["Ports__Grpc"] = ServiceProcess.FreePort().ToString(CultureInfo.InvariantCulture),
        ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=pollux;Password=secret;Database=pollux;Timeout=2",
        ["ConnectionStrings__RabbitMq"] = "amqp://guest:guest@127.0.0.1:1/",
        ["ConnectionStrings__Mqtt"] = "mqtt://127.0.0.1:1",
        ["Assets__Directory"] = Infrastructure.ShippedAssets,
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
    };

    [Theory]
    [InlineData("Ingest", "ConnectionStrings__Postgres", "", "is missing; allowed: Host=")]
    [InlineData("Ingest", "ConnectionStrings__RabbitMq", "", "is missing; allowed: amqp://")]
    [InlineData("Ingest", "ConnectionStrings__Mqtt", "", "is missing; allowed: mqtt://host:port")]
    [InlineData("Ingest", "ConnectionStrings__Mqtt", "http://secret@broker", "is not understood; allowed: mqtt://host:port")]
    [InlineData("Ingest", "Ingest__Writers", "99", "is '99'; allowed: a whole number from 1 to 16")]
    [InlineData("Ingest", "Ingest__Writers", "two", "is 'two'; allowed: a whole number from 1 to 16")]
    [InlineData("Ingest", "Ingest__Wirters", "2", "is '2'; allowed: no such setting; there are Ingest:BlockedAfterSeconds")]
    [InlineData("Ingest", "Ingest__SealKeyFile", "/nowhere", "is '/nowhere'; allowed: a readable PEM file with an ECDSA private key")]
    [InlineData("Query", "Ports__Grpc", "http", "is 'http'; allowed: a whole number from 0 to 65535")]
    [InlineData("TwinState", "ConnectionStrings__Postgres", "nonsense=secret", "is not understood; allowed: Host=")]
    [InlineData("TwinState", "ConnectionStrings__RabbitMq", "", "is missing; allowed: amqp://")]
    [InlineData("TwinState", "Assets__Directory", "/nowhere", "is '/nowhere'; allowed: the folder of the *.asset.yaml files")]
    [InlineData("TwinState", "TwinState__SleepAfterSeconds", "0", "is '0'; allowed: a whole number from 1 to 86400")]
    [InlineData("Simulation", "ConnectionStrings__RabbitMq", "secret", "is not understood; allowed: amqp://")]
    [InlineData("Simulation", "Simulation__KeepResultsDays", "-1", "is '-1'; allowed: a number from 0.001 to 36500")]
    [InlineData("Query", "ConnectionStrings__Postgres", "", "is missing; allowed: Host=")]
    [InlineData("Query", "Limits__ExpensiveRequestsPer10Seconds", "0", "is '0'; allowed: a whole number from 1 to 1000000")]
    [InlineData("Query", "Ports__Address", "everywhere", "is 'everywhere'; allowed: an IP address")]
    [InlineData("Plant", "Plant__Payload", "xml", "is 'xml'; allowed: text that matches")]
    [InlineData("Plant", "ConnectionStrings__Mqtt", "secret", "is not understood; allowed: mqtt://host:port")]
    public async Task A_wrong_setting_stops_the_service_with_one_line(string project, string variable, string value, string says)
    {
        var settings = Alone();
        settings[variable] = value;
        await using var service = new ServiceProcess(project, project, settings, log);
        service.Launch();
        Assert.Equal(Settings.ExitCode, await service.Ended());
        var line = Assert.Single(await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken), l => l.Length > 0);
        Assert.StartsWith(
            $"The setting {variable.Replace("__", ":", StringComparison.Ordinal)} (environment: {variable}) {says}", line,
            StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ingest", "postgres,mqtt")]
    [InlineData("TwinState", "postgres,masstransit-bus")]
    [InlineData("Simulation", "postgres,masstransit-bus")]
    [InlineData("Query", "postgres")]
    [InlineData("Plant", "mqtt")]
    public async Task A_server_that_is_not_there_yet_is_waited_for_and_said(string project, string waitsFor)
    {
        await using var service = new ServiceProcess(project, project, Alone(), log);
        service.Launch();
        await Eventually.Get(
            $"{project} is alive", () => service.Http.GetAsync("/health/live", TestContext.Current.CancellationToken), answer =>
                answer.StatusCode == HttpStatusCode.OK);
        var report = await Eventually.Get($"{project} says what it waits for", async () =>
        {
            using var answer = await service.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!;
        }, checks => waitsFor.Split(',').All(c =>
            (string?)checks[c]?["status"] == "Unhealthy" && (string?)checks[c]?["description"] is { Length: > 5 }),
                show: checks => checks.ToJsonString());
        Assert.NotNull(report);
        Assert.Equal(1, await service.AskHealth());
        Assert.True(service.IsRunning);
    }

    [Fact]
    public async Task Query_says_try_again_while_it_knows_no_assets_rather_than_that_there_is_no_such_asset()
    {
        await using var service = new ServiceProcess("Query", "Query", Alone(), log);
        service.Launch();
        await Eventually.Get(
            "query is alive", () => service.Http.GetAsync("/health/live", TestContext.Current.CancellationToken), answer =>
                answer.StatusCode == HttpStatusCode.OK);
        foreach (var path in new[] { "/api/v1/twins/extrusion-line", "/api/v1/assets" })
        {
            using var answer = await service.Http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"),
                (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Contains("try again",
                (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["detail"],
                StringComparison.Ordinal);
        }
        using var channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{service.GrpcPort}"));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new TwinService.TwinServiceClient(channel).GetTwinAsync(
            new() { AssetId = "extrusion-line" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        // The API reference does not need assets.
        Assert.Equal(HttpStatusCode.OK,
            (await service.Http.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).StatusCode);
    }

    public void Dispose() => File.Delete(log);
}

using System.Text.RegularExpressions;
using Contracts.Query.V1;
using Grpc.Core;
using Integration.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Microsoft.Playwright.Assertions;

namespace Integration.Tests.Dashboard;

/// <summary>What a page says when there is nothing to show.</summary>
public class PageStateTests(DashboardSystem system) : SystemTest<DashboardSystem>(system), IClassFixture<DashboardSystem>
{
    [Fact]
    public async Task An_unknown_machine_is_named_and_the_way_back_shown()
    {
        var page = await Pollux.Open("/machines/no-such-line");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no machine 'no-such-line'");
        await page.GetByText("To the fleet").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Fleet");
    }

    [Fact]
    public async Task A_dead_link_answers_404_with_a_page()
    {
        using var answer = await Pollux.Dashboard.Http.GetAsync("/no/such/page", TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)answer.StatusCode);
        var page = await Pollux.Open("/no/such/page");
        await Expect(page.GetByTestId("notice")).ToContainTextAsync("There is no such page");
    }

    [Fact]
    public async Task A_machine_without_data_says_where_to_publish()
    {
        var asset = Pollux.NextAsset();
        var page = await Pollux.Open($"/machines/{asset}");
        await Expect(page.Locator(".no-data")).ToContainTextAsync($"pollux/{asset}/senml");
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "You may not see this")]
    [InlineData(StatusCode.Unauthenticated, "You are not signed in")]
    public async Task A_refused_question_says_whom_to_ask(StatusCode status, string title)
    {
        await using var refusing = await StartRefusing(status);
        var dashboard = Pollux.DashboardOf(refusing.Urls.Single());
        await dashboard.Start();
        foreach (var path in new[] { "/", "/machines/extrusion-line" })
        {
            var page = await Pollux.Open(path, dashboard: dashboard);
            await Expect(page.GetByTestId("notice")).ToContainTextAsync(title);
            await Expect(page.GetByTestId("notice")).ToHaveAttributeAsync("data-kind", new Regex("forbidden"));
        }
    }

    /// <summary>A query service that lets nobody in.</summary>
    static async Task<WebApplication> StartRefusing(StatusCode status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, ServiceProcess.FreePort(), listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(new Refusal(status)).AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<RefusingTwins>();
        app.MapGrpcService<RefusingAssets>();
        await app.StartAsync();
        return app;
    }

    sealed record Refusal(StatusCode Status)
    {
        public RpcException Exception => new(new Status(Status, "No."));
    }

    sealed class RefusingTwins(Refusal refusal) : TwinService.TwinServiceBase
    {
        public override Task<ListTwinsResponse> ListTwins(ListTwinsRequest request, ServerCallContext context) => throw refusal.Exception;
    }

    sealed class RefusingAssets(Refusal refusal) : AssetService.AssetServiceBase
    {
        public override Task<GetAssetResponse> GetAsset(GetAssetRequest request, ServerCallContext context) => throw refusal.Exception;

        public override Task<ListAssetsResponse> ListAssets(ListAssetsRequest request, ServerCallContext context) => throw refusal.Exception;
    }
}

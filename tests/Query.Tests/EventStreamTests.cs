using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Query.Api;

namespace Query.Tests;

/// <summary>Streams of server-sent events, as they are sent.</summary>
public class EventStreamTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    public async Task Who_accepts_compression_is_told_too_that_a_stream_without_news_has_begun(string encoding)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddResponseCompression();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseResponseCompression();
        var news = new TaskCompletionSource();
        app.MapGet("/", (Microsoft.AspNetCore.Http.HttpContext http) => EventStreams.Send(http, After(news.Task),
            (to, _) => EventStreams.WriteHeartbeat(to)));
        await app.StartAsync(Cancel);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept-Encoding", encoding } } };
        // The news comes only after the headers, so without them this would never end.
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel)
            .WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        news.SetResult();
        Assert.Equal(":\n\n", await answer.Content.ReadAsStringAsync(Cancel));
    }

    static async IAsyncEnumerable<int> After(Task news)
    {
        await news;
        yield return 1;
    }
}

using System.Text.Json.Nodes;
using Ingest.Imports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TwinModel.Assets;

namespace Ingest.Tests;

public class ImportReferenceTests
{
    [Fact]
    public void Every_setting_is_described() => Assert.Equal(CsvMapping.Settings.Prepend("preview"), ImportReference.Parameters.Keys);

    [Fact]
    public async Task The_description_has_parameters_bodies_and_both_answers()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddImportReference();
        await using var app = builder.Build();
        app.MapPost("/import", () => { }).Describe();
        app.MapOpenApi();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var document = JsonNode.Parse(
            await http.GetStringAsync(new Uri($"{address}/openapi/v1.json"), TestContext.Current.CancellationToken))!;
        var import = document["paths"]!["/import"]!["post"]!;
        var parameters = import["parameters"]!.AsArray().ToLookup(p => (string)p!["in"]!, p => (string)p!["name"]!);
        Assert.Equal(ImportReference.Parameters.Keys, parameters["query"]);
        Assert.Equal(["X-Pollux-Actor", "X-Pollux-Reason"], parameters["header"]);
        Assert.Equal(ImportFormats.MediaTypes, import["requestBody"]!["content"]!.AsObject().Select(c => c.Key));
        Assert.Equal(2, import["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["oneOf"]!.AsArray().Count);
        Assert.NotNull(import["responses"]!["415"]);
    }
}

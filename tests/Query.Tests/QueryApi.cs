using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Query.Registry;
using Query.Twins;

namespace Query.Tests;

/// <summary>
/// The whole service on its own ports, without servers: two twins in memory, no asset, an unreachable log.
/// </summary>
sealed class QueryApi : WebApplicationFactory<KnownAssets>
{
    public const string Origin = "https://app.example.com";

    /// <summary>Expensive requests allowed before 429.</summary>
    public const int Permits = 20;

    static readonly Lazy<QueryApi> OpenToBrowsers = new(
        () => new(("Cors:Origins", Origin), ("Cors:Methods", "GET, HEAD, POST, PUT, DELETE")));
    static readonly Lazy<QueryApi> UsedUp = new(() => new());
    static readonly Lazy<QueryApi> Usual = new(() => new());
    static readonly Lazy<QueryApi> ManyCommands = new(() => new(("Limits:ExpensiveRequestsPer10Seconds", "1000")));

    readonly (string Name, string Value)[] settings;
    readonly int http, grpc;

    QueryApi(params (string Name, string Value)[] settings)
    {
        this.settings = settings;
        (http, grpc) = FreePorts();
        UseKestrel();
        StartServer();
        Services.GetRequiredService<LiveTwins>().Offer(Given.A_view());
        Services.GetRequiredService<LiveTwins>().Offer(Given.A_view(position: 50, asset: "pump-loop"));
        Services.GetRequiredService<KnownAssets>().IsLoaded = true;
        Http = new() { BaseAddress = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{http}")) };
    }

    /// <summary>The service with default settings.</summary>
    public static QueryApi Default => Usual.Value;

    /// <summary>For tests that use up the limit, which is per address, over gRPC.</summary>
    public static QueryApi ForLimits => UsedUp.Value;

    /// <summary>For tests that send more expensive commands than <see cref="Permits"/>.</summary>
    public static QueryApi ForBodies => ManyCommands.Value;

    /// <summary>Allows requests from pages of <see cref="Origin"/>.</summary>
    public static QueryApi ForBrowsers => OpenToBrowsers.Value;

    /// <summary>Asks who is calling.</summary>
    public static QueryApi Guarded(string issuer) => new(("Access:Issuer", issuer), ("Limits:ExpensiveRequestsPer10Seconds", "100000"));

    /// <summary>HTTP/1.1, without compression unless requested.</summary>
    public HttpClient Http { get; }

    public string Grpc => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{grpc}");

    public static async Task<JsonNode> Json(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseContentRoot(AppContext.BaseDirectory).UseEnvironment("Production");
        builder.UseSetting("Ports:Http", http.ToString(CultureInfo.InvariantCulture))
            .UseSetting("Ports:Grpc", grpc.ToString(CultureInfo.InvariantCulture))
            .UseSetting("ConnectionStrings:Postgres", "Host=127.0.0.1;Port=1;Database=none;Username=none")
                .UseSetting("ConnectionStrings:RabbitMq", "amqp://none:none@127.0.0.1:1/")
            .UseSetting("Limits:ExpensiveRequestsPer10Seconds", Permits.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in settings) builder.UseSetting(name, value);
        // Background services would look for servers; those of ASP.NET Core stay.
        builder.ConfigureTestServices(services =>
        {
            foreach (var work in services.Where(
                s => s.ServiceType == typeof(IHostedService)
                    && s.ImplementationType?.Namespace?.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) != true).ToList())
                services.Remove(work);
        });
    }

    static (int, int) FreePorts()
    {
        using TcpListener first = new(IPAddress.Loopback, 0), second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}

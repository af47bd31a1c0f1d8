using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServiceDefaults.Access;

namespace ServiceDefaults;

/// <summary>What every service has in common: ports, structured logs, traces, metrics, health, errors as problems (RFC 9457).</summary>
public static class Defaults
{
    /// <summary>
    /// Registers the defaults. Settings: <c>Ports:Http</c>, <c>Ports:Grpc</c> (0 or absent: none), <c>Ports:Address</c> (default
    /// 127.0.0.1); traces and metrics go over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; metrics can always be scraped at
    /// <c>/metrics</c>.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="name">Its kebab-case name: OTel <c>service.name</c>, its ActivitySource and its Meter.</param>
    /// <param name="httpPort">Used when <c>Ports:Http</c> is not set.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string name, int httpPort)
    {
        Settings.StopOnInvalid();
        builder.Environment.ApplicationName = name;
        var ports = (Address: builder.Configuration.ListenAddress(), Http: Port(builder.Configuration, "Ports:Http", httpPort),
            Grpc: Port(builder.Configuration, "Ports:Grpc", 0));
        builder.Configuration["Ports:Http"] = ports.Http.ToString(CultureInfo.InvariantCulture);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, ports.Address, ports.Http, ports.Grpc);
        });
        builder.Logging.ClearProviders().AddJsonConsole(console =>
        {
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            console.UseUtcTimestamp = true;
            console.IncludeScopes = false;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Information)
            .AddFilter("Npgsql", LogLevel.Warning).AddFilter("Marten", LogLevel.Warning).AddFilter("MassTransit", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        builder.AddProxies();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblemDetails().AddExceptionHandler<ProblemHandler>();
        builder.Services.AddHealthChecks();
        builder.AddTelemetry(name);
        return builder;
    }

    static int Port(IConfiguration configuration, string name, int otherwise) => configuration.WholeNumber(name, otherwise, 0, 65535);

    /// <summary>Where a service listens.</summary>
    /// <exception cref="InvalidSettingException">It is no address.</exception>
    internal static IPAddress ListenAddress(this IConfiguration configuration) =>
        IPAddress.TryParse(configuration["Ports:Address"] ?? "127.0.0.1", out var address)
        ? address
        : throw new InvalidSettingException("Ports:Address", configuration["Ports:Address"], "an IP address, 0.0.0.0 for all");

    static void Listen(KestrelServerOptions kestrel, IPAddress address, int http, int grpc)
    {
        kestrel.Listen(address, http, listen => listen.Protocols = HttpProtocols.Http1);
        // Without TLS a port speaks either HTTP/1.1 or HTTP/2, so gRPC has one of its own.
        if (grpc > 0) kestrel.Listen(address, grpc, listen => listen.Protocols = HttpProtocols.Http2);
    }

    static void AddTelemetry(this WebApplicationBuilder builder, string name)
    {
        var otlp = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(name));
        telemetry.WithMetrics(metrics =>
        {
            // The SDK preallocates room for all series, 2000 per metric by default: 12 MB per service.
            metrics.AddView(_ => new MetricStreamConfiguration { CardinalityLimit = 200 });
            metrics.AddMeter("Pollux").AddMeter("MassTransit").AddMeter("Npgsql").AddAspNetCoreInstrumentation().AddRuntimeInstrumentation()
                .AddPrometheusExporter();
            if (otlp) metrics.AddOtlpExporter();
        });
        // Without a receiver there is no listener: no Activity is created, and the hot paths pay nothing.
        if (!otlp) return;
        telemetry.WithTracing(tracing => tracing.AddSource(name).AddSource("MassTransit").AddAspNetCoreInstrumentation(options =>
            options.Filter = context => !Untraced.Any(path => context.Request.Path.StartsWithSegments(path))).AddOtlpExporter());
    }

    // Polled by probes and scrapers.
    static readonly string[] Untraced = ["/health", "/metrics", "/grpc.health.v1.Health"];

    /// <summary>
    /// Maps <c>/health/live</c> (the process answers), <c>/health/ready</c> (its dependencies are available; names those that are not) and
    /// <c>/metrics</c>.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        // Responses of routing and rate limiting to refused requests have no body.
        app.UseStatusCodePages(pages => Problem.Of(pages.HttpContext).Write(pages.HttpContext));
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = WriteReasons })
            .AllowAnonymous();
        app.MapPrometheusScrapingEndpoint().AllowAnonymous();
        return app;
    }

    static Task WriteReasons(Microsoft.AspNetCore.Http.HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        var checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), e.Value.Description });
        return context.Response.Body.WriteAsync(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new { status = report.Status.ToString(), checks }, System.Text.Json.JsonSerializerOptions.Web)).AsTask();
    }
}

/// <summary>Ready when the event log can be read.</summary>
sealed class PostgresHealth(NpgsqlDataSource source) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancel = default)
    {
        try
        {
            await using var command = source.CreateCommand("select 1 from events.mt_events limit 1");
            await command.ExecuteNonQueryAsync(cancel);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            return HealthCheckResult.Unhealthy($"The event log cannot be read: {e.Message}");
        }
    }
}

using System.Text;
using Contracts.Events;
using Contracts.Sparkplug;
using Google.Protobuf;
using Ingest.Messages;
using Ingest.Payloads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;

namespace Ingest.Tests;

/// <summary>A registered model that the current reader refuses affects only its own asset.</summary>
public sealed class UnreadableAssetTests : IDisposable
{
    const string Topic = "pollux/press-7/senml";
    static readonly string Good = Given.Extruder.Source;
    static readonly string Bad = Good.Replace("unit: degC", "unit: furlong", StringComparison.Ordinal);

    readonly LoggedLines log = new();
    readonly ServiceProvider services;
    readonly AssetRegistry registry;

    public UnreadableAssetTests()
    {
        services = new ServiceCollection().AddMetrics().AddLogging(logging => logging.AddProvider(log))
            .AddSingleton(Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1;Port=1")).AddSingleton<LogReader>().AddAssetRegistry()
            .BuildServiceProvider();
        registry = services.GetRequiredService<AssetRegistry>();
    }

    public void Dispose() => services.Dispose();

    void Register(long position, string asset, string yaml) => registry.Take(position, new AssetRegistered(
        asset, asset, "extrusion-line", 1, yaml == Good ? "good" : "bad", yaml, DateTimeOffset.UnixEpoch.AddDays(position)));

    Task<HealthReport> Health() =>
        services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

    Decoded Receive(string topic, string payload)
    {
        var to = new Decoded();
        var route = new RouteTopic(registry).Find(topic);
        DecodePayload.By(route, topic, Encoding.UTF8.GetBytes(payload), DateTimeOffset.UnixEpoch.AddDays(20_000), to);
        return to;
    }

    [Fact]
    public async Task Others_are_loaded_and_the_asset_says_why_it_is_not()
    {
        Register(7, "press-7", Bad);
        Register(8, "press-8", Good);
        Register(7, "press-7", Bad);

        Assert.Equal(["press-8"], registry.All.Select(a => a.Id));
        var why = Assert.Throws<RuleViolationException>(() => registry.Get("press-7")).Message;
        Assert.Contains("position 7", why, StringComparison.Ordinal);
        Assert.Contains("furlong", why, StringComparison.Ordinal);
        Assert.Throws<NotFoundException>(() => registry.Get("press-9"));
        var health = await Health();
        Assert.Equal((HealthStatus.Degraded, why), (health.Status, health.Entries["asset-models"].Description));
        // Logged once, although it was read twice.
        var line = Assert.Single(log.Lines);
        Assert.All(["press-7", "position 7", "furlong"], part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Its_readings_are_rejected_with_the_true_reason(bool topicIsKnownFromAnotherModel)
    {
        Register(7, "press-7", Bad);
        if (topicIsKnownFromAnotherModel) Register(8, "press-8", Good);
        var rejected = Receive(Topic, """[{"n":"melt-temperature","v":200}]""");
        Assert.Equal("unreadable-model", rejected.Code());
        Assert.Contains("position 7", rejected.Rejections[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_Sparkplug_metrics_are_rejected_with_the_true_reason()
    {
        Register(7, "press-7", Bad);
        var reader = new ReadSparkplug(registry, null!, null!, services.GetRequiredService<ILogger<ReadSparkplug>>());
        var metric = new Payload.Types.Metric { Name = "melt-temperature", Datatype = 10, DoubleValue = 200 };
        var birth = new Payload { Seq = 0, Timestamp = 1, Metrics = { metric } };
        var to = new Decoded();
        var route = reader.Decode("spBv1.0/plant/DBIRTH/node/Press 7", birth.ToByteArray(), Given.Now, to);
        Assert.Equal(("press-7", "unreadable-model"), (route!.AssetId, to.Code()));
    }

    [Fact]
    public async Task It_comes_back_when_a_readable_model_is_registered()
    {
        var routes = new RouteTopic(registry);
        Register(7, "press-7", Bad);
        Assert.NotNull(routes.Find(Topic).Unreadable);
        Register(9, "press-7", Good);
        var route = routes.Find(Topic);
        Assert.Equal((9L, null), (route.Asset!.Position, route.Unreadable));
        // Readings may have been recorded since the first registration, by a version that could read it.
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(7), route.Asset.RegisteredAt);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
    }

    [Fact]
    public async Task A_new_model_that_cannot_be_read_leaves_the_former_one()
    {
        Register(7, "press-7", Good);
        Register(9, "press-7", Bad);
        Assert.Equal(7, registry.Get("press-7").Position);
        Assert.Empty(Receive(Topic, """[{"n":"melt-temperature","v":200}]""").Rejections);
        Assert.Equal(HealthStatus.Degraded, (await Health()).Status);
        Assert.Contains("an earlier one is used", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    sealed class LoggedLines : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) =>
            categoryName == typeof(AssetRegistry).FullName ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}

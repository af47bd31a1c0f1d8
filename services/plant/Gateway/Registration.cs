using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Plant.Gateway;

static class Registration
{
    public static void AddPlant(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var settings = builder.AddSettings<PlantSettings>("Plant");
        if (settings is { TimeLapseDays: > 0, SimulatedTimeFactor: < 2 })
            throw new InvalidSettingException(
                "Plant:SimulatedTimeFactor", $"{settings.SimulatedTimeFactor}",
                "at least 2 in a time-lapse, or it never catches up with the present");
        services.AddSingleton<EmulatedPlant>();
        services.AddSingleton(MqttAddress.Parse(builder.Configuration.GetConnectionString("Mqtt") ?? "mqtt://127.0.0.1:1883"));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<PlantSettings>>().Value);
        services.AddSingleton(Create(settings => new FrameBuffer(settings.BufferFrames)));
        services.AddSingleton(Create(settings =>
            new PathFaults(settings.Seed + 2, settings.LateRate, settings.DoubleRate, settings.LossRate)));
        services.AddSingleton(Create(settings => new Garbage(settings.Seed + 3)));
        services.AddSingleton(Create<IPayloadFormat>(settings =>
            settings.Payload == "senml" ? new SenMl(settings.Asset) : new SparkplugB(settings.Asset)));
        services.AddSingleton<GatewayState>();
        services.AddHealthChecks().AddCheck<GatewayState>("mqtt", tags: ["ready"]);
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddHostedService<SamplingLoop>().AddHostedService<MqttGateway>();
    }

    static Func<IServiceProvider, T> Create<T>(Func<PlantSettings, T> create) =>
        provider => create(provider.GetRequiredService<PlantSettings>());
}

using Microsoft.Extensions.Options;

namespace Plant.Gateway;

static class Registration
{
    public static void AddPlant(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<PlantSettings>().BindConfiguration("Plant").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EmulatedPlant>();
        services.AddSingleton(MqttAddress.Parse(builder.Configuration.GetConnectionString("Mqtt") ?? "mqtt://127.0.0.1:1883"));
        services.AddSingleton(provider => new FrameBuffer(Settings(provider).BufferFrames));
        services.AddSingleton(provider => Settings(provider) is var s ? new PathFaults(s.Seed + 2, s.LateRate, s.DoubleRate, s.LossRate) : null!);
        services.AddSingleton(provider => new Garbage(Settings(provider).Seed + 3));
        services.AddSingleton<IPayloadFormat>(provider => Settings(provider) is { Payload: "senml" } s ? new SenMl(s.Asset) : new SparkplugB(Settings(provider).Asset));
        services.AddSingleton<GatewayState>();
        services.AddHealthChecks().AddCheck<GatewayState>("mqtt", tags: ["ready"]);
        services.AddHostedService<SamplingLoop>().AddHostedService<MqttGateway>();
    }

    static PlantSettings Settings(IServiceProvider provider) => provider.GetRequiredService<IOptions<PlantSettings>>().Value;
}

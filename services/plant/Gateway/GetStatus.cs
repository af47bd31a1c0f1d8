using Plant.Faults;
using Plant.Line;

namespace Plant.Gateway;

/// <summary>The true state behind the sensors, for demos and for checking the twin's conclusions.</summary>
sealed record PlantStatus(
    string Asset, string Payload, LineState TrueState, IReadOnlyList<ActiveFault> Faults, GatewayStatus Gateway, DateTimeOffset DeviceTime);

sealed record GatewayStatus(
    bool Connected, long Connections, int Buffered, long Acknowledged, long Dropped, long Late, long Doubled, long LostAndResent);

static class GetStatus
{
    public static void MapStatus(this WebApplication app) => app.MapGet("/status",
        (EmulatedPlant plant, FrameBuffer buffer, PathFaults path, GatewayState gateway, PlantSettings settings, TimeProvider time) =>
        {
            var now = time.GetUtcNow();
            return new PlantStatus(
                settings.Asset, settings.Payload, plant.TrueState(), plant.ActiveFaults(now),
                new(gateway.Connected, gateway.Connections, buffer.Count,
                    buffer.Acknowledged, buffer.Dropped, path.Late, path.Doubled, path.Lost),
                DateTimeOffset.UnixEpoch.AddMicroseconds(plant.DeviceMicros(now)));
        }).WithName("getPlant");
}

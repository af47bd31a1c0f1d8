using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Plant.Gateway;

/// <summary>What the connection loop tells the outside. Ready when connected and the broker has acknowledged a frame.</summary>
sealed class GatewayState(FrameBuffer buffer) : IHealthCheck
{
    long connections;
    volatile bool connected;

    public bool Connected => connected;

    public long Connections => Interlocked.Read(ref connections);

    public void Opened()
    {
        Interlocked.Increment(ref connections);
        connected = true;
    }

    public void Closed() => connected = false;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((Connected, buffer.Acknowledged) switch
        {
            (false, _) => HealthCheckResult.Unhealthy("The MQTT broker is not connected."),
            (_, 0) => HealthCheckResult.Unhealthy("The MQTT broker has not acknowledged a frame yet."),
            _ => HealthCheckResult.Healthy(),
        });
}

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Plant.Gateway;

/// <summary>State of the connection loop, for status and health. Ready once connected and the broker has acknowledged a frame.</summary>
sealed class GatewayState : IHealthCheck
{
    long connections;
    volatile bool connected;
    volatile bool answered;

    public bool Connected => connected;

    public long Connections => Interlocked.Read(ref connections);

    public void Opened()
    {
        Interlocked.Increment(ref connections);
        connected = true;
    }

    public void Closed() => connected = false;

    /// <summary>Records that the broker has acknowledged a frame.</summary>
    public void Answered() => answered = true;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((connected, answered) switch
        {
            (false, _) => HealthCheckResult.Unhealthy("The MQTT broker is not connected."),
            (_, false) => HealthCheckResult.Unhealthy("The MQTT broker has not acknowledged a frame yet."),
            _ => HealthCheckResult.Healthy(),
        });
}

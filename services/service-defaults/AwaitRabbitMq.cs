using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults;

/// <summary>
/// Holds back MassTransit's attempts to connect until RabbitMQ answers. After an attempt that failed, each queue pauses for itself, up to
/// half a minute, and its pauses do not become shorter again for as long as the process lives: commands would wait long after RabbitMQ is
/// back.
/// </summary>
sealed partial class AwaitRabbitMq(Uri address, IHostApplicationLifetime lifetime, ILogger<AwaitRabbitMq> logger) : IHealthCheck
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    volatile string? whyNot;

    /// <summary>Ends when RabbitMQ accepts connections, or the service stops.</summary>
    public async Task UntilItAnswers()
    {
        while (await WhyNot() is { } reason && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            if (whyNot is null) LogWaits(reason);
            whyNot = reason;
            await Task.Delay(LookEvery, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        whyNot = null;
    }

    async Task<string?> WhyNot()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port < 0 ? DefaultPort : address.Port, limit.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return "no answer";
        }
    }

    int DefaultPort => address.Scheme == "amqps" ? 5671 : 5672;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(whyNot is { } reason
            ? new(context.Registration.FailureStatus, $"RabbitMQ cannot be reached: {reason}")
            : HealthCheckResult.Healthy());

    [LoggerMessage(LogLevel.Warning, "Waiting for RabbitMQ: {Reason}")]
    partial void LogWaits(string reason);
}

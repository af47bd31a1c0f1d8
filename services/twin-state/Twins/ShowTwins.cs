using System.Text.Json;
using Cluster;
using Contracts.Messages;
using MassTransit;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace TwinState.Twins;

/// <summary>
/// Publishes changed twins to all query replicas, each at most every <see cref="TwinStateSettings.ShowEveryMilliseconds"/>.
/// </summary>
sealed partial class ShowTwins(
    ActiveTwins active, IBus bus, NpgsqlDataSource source, WriteFence mayWrite, TimeProvider time, IOptions<TwinStateSettings> settings,
    ILogger<ShowTwins> logger) : BackgroundService
{
    // A replica that did not run for this long may have been declared dead, and its twins may be out of date.
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Keeps messages, in which they are written as base64, off the large object heap, which is collected rarely.
    const int MostBytesPerMessage = 48 * 1024;

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        var last = time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var now = time.GetUtcNow();
            if (now - last > Pause && !await IsMember(cancel)) continue;
            last = now;
            var atMostEvery = TimeSpan.FromMilliseconds(settings.Value.ShowEveryMilliseconds);
            await Task.WhenAll(Messages(active.TakeViews(now, atMostEvery)).Select(twins => Show(twins, cancel)));
        }
    }

    async Task<bool> IsMember(CancellationToken cancel)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await mayWrite(connection, cancel);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            LogNotMember(e.Message);
            await Task.Delay(Pause, time, cancel);
            return false;
        }
    }

    IEnumerable<List<PackedTwin>> Messages(IReadOnlyList<TwinView> views)
    {
        List<PackedTwin> message = [];
        var bytes = 0;
        foreach (var twin in views.Select(Packed).OfType<PackedTwin>())
        {
            bytes += twin.View.Length;
            if (bytes > MostBytesPerMessage && message.Count > 0)
            {
                yield return message;
                (message, bytes) = ([], twin.View.Length);
            }
            message.Add(twin);
        }
        if (message.Count > 0) yield return message;
    }

    // A twin that cannot be written is left out until it changes: the others are not to wait for it, nor the service to end.
    PackedTwin? Packed(TwinView view)
    {
        try
        {
            return TwinViews.Pack(view);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException or JsonException)
        {
            LogNotPacked(e, view.AssetId);
            return null;
        }
    }

    async Task Show(List<PackedTwin> twins, CancellationToken cancel)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(2));
            await bus.Publish(new TwinsChanged(twins), limit.Token);
            Measures.Shown.Add(twins.Count);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // While RabbitMQ is down, query reads saved twins itself; the next change is published as usual.
            active.NotShown(twins);
            LogNotShown(twins.Count, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No views are published until it is known that this is still a member: {Reason}")]
    partial void LogNotMember(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The view of {AssetId} cannot be written and is not published")]
    partial void LogNotPacked(Exception e, string assetId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} views could not be published: {Reason}")]
    partial void LogNotShown(int count, string reason);
}

using System.Collections.Concurrent;
using TwinModel.Assets;
using TwinModel.Telemetry;

namespace Integration.Tests.Running;

/// <summary>
/// Publishes frames of 12 readings for some assets at a steady rate, some twice and some with an impossible value, and records what must
/// afterwards be in the log and among the rejections.
/// </summary>
sealed class Load(StoreAndForward gateway, AssetModel model, IReadOnlyList<string> assets, int messagesPerSecond)
{
    const int EveryNthTwice = 7;
    const int EveryNthImpossible = 101;

    readonly ConcurrentDictionary<string, List<Reading>> good = new();
    readonly ConcurrentDictionary<string, List<byte[]>> withImpossible = new();
    long lastAt;
    int number;

    public int Messages => number;

    /// <summary>Acceptable readings, each published at least once.</summary>
    public IReadOnlyList<Reading> Good(string asset) => good.GetValueOrDefault(asset) ?? [];

    /// <summary>Payloads with one impossible reading each.</summary>
    public IReadOnlyList<byte[]> WithImpossible(string asset) => withImpossible.GetValueOrDefault(asset) ?? [];

    /// <summary>Publishes until cancelled.</summary>
    public async Task Run(CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var (started, sent) = (time.GetTimestamp(), 0L);
        while (!cancel.IsCancellationRequested)
        {
            for (var due = (long)(time.GetElapsedTime(started).TotalSeconds * messagesPerSecond); sent < due; sent++)
                SendFrame(assets[(int)(sent % assets.Count)]);
            // Machines keep publishing whatever the services do: the resulting backlog is what is tested.
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Publishes this many messages.</summary>
    public async Task Run(int messages)
    {
        using var stop = new CancellationTokenSource();
        var running = Run(stop.Token);
        await Sent(messages);
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Waits until this many more messages have been published.</summary>
    public Task Sent(int messages)
    {
        var until = number + messages;
        return Eventually.Get("the load goes on", () => Task.FromResult(number), n => n >= until);
    }

    /// <summary>Publishes one more frame of an asset.</summary>
    public void SendFrame(string asset)
    {
        number++;
        // Two frames of an asset never share a sample time.
        lastAt = Math.Max(lastAt + 1, Samples.Now);
        var frame = Samples.Frame(model, lastAt, number);
        good.GetOrAdd(asset, _ => []).AddRange(frame);
        byte[] payload;
        if (number % EveryNthImpossible == 0)
        {
            payload = Samples.Senml(model, [.. frame, new Reading(13, lastAt, 9999)]);
            withImpossible.GetOrAdd(asset, _ => []).Add(payload);
        }
        else
        {
            payload = Samples.Senml(model, frame);
        }
        gateway.Send(Samples.SenmlTopic(asset), payload);
        if (number % EveryNthTwice == 0) gateway.Send(Samples.SenmlTopic(asset), payload);
    }
}

using System.Buffers;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Contracts.Messages;
using Npgsql;
using Query.Api;
using Query.Registry;
using Query.Twins;
using ServiceDefaults;

namespace Query.Alarms;

/// <summary>An open alarm, with what its sensor or signal shows now.</summary>
sealed record OpenAlarm(
    [property: Description("The alarm.")] AlarmView Alarm,
    [property: Description("Display name of its asset.")] string AssetName,
    [property: Description("Newest value of its sensor or signal, in the alarm's unit; null if there is none.")] double? NewestValue);

/// <summary>What is open, of all machines that the caller may see.</summary>
sealed record OpenAlarmsAnswer(
    [property: Description("Active critical alarms that are not shelved.")] int Critical,
    [property: Description("Active alarms of severity alarm that are not shelved.")] int Alarm,
    [property: Description("Active warnings that are not shelved.")] int Warning,
    [property: Description("Those of the three that nobody has acknowledged.")] int Unacknowledged,
    [property: Description("Cleared, but not acknowledged, and not shelved.")] int ClearedNotAcknowledged,
    [property: Description("Open alarms that are shelved: they call nobody before a stated time.")] int Shelved,
    [property: Description(
        "The worst that are not shelved, at most 20: active before cleared, by severity, not acknowledged first, newest first.")]
    IReadOnlyList<OpenAlarm> Worst);

/// <summary>Knows which alarms are open: looks into the table of twin-state while somebody asks.</summary>
sealed class OpenAlarms(NpgsqlDataSource source, LiveTwins live, KnownAssets assets, TimeProvider time, IHostApplicationLifetime lifetime)
{
    const int MostWorst = 20;
    const int MostWatchers = 2_000;
    const string IsOpen = "state in ('active', 'active-acknowledged', 'cleared')";

    static readonly string[] Severities = ["warning", "alarm", "critical"];
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan ValuesEvery = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim turn = new(1);
    readonly Watchers watchers = new(MostWatchers);
    (long Count, long Changes) seen = (-1, -1);
    IReadOnlyList<AlarmView> open = [];
    DateTimeOffset lookedAt = DateTimeOffset.MinValue;

    public static void Map(IEndpointRouteBuilder alarms)
    {
        alarms.MapGet("/open", (OpenAlarms open, CancellationToken cancel) => open.Run(cancel))
            .WithName("getOpenAlarms").WithSummary("How many alarms are open, and the worst of them")
            .WithDescription("Of all machines that the caller may see, now.");
        alarms.MapGet("/watch", (HttpContext http, OpenAlarms open) => open.Stream(http))
            .Produces<OpenAlarmsAnswer>(contentType: EventStreams.MediaType).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .WithName("watchAlarms").WithSummary("The open alarms as they change (server-sent events)")
            .WithDescription("Sends what is open at once, then every change within half a second: `event: alarms`. Newest values alone are "
                + "sent at most once a second. A comment every 15 s keeps the connection open.");
    }

    /// <summary>What is open now.</summary>
    public async Task<OpenAlarmsAnswer> Run(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        List<AlarmView> mine = [.. (await Look(now, cancel)).Where(a => assets.IsVisible(a.AssetId))];
        var calling = mine.Where(a => a.Shelf is not { } shelf || shelf.Until <= now).ToList();
        var active = calling.Where(a => a.ClearedAt is null).ToList();
        return new(
            Of("critical"), Of("alarm"), Of("warning"),
            active.Count(a => a.AcknowledgedAt is null), calling.Count - active.Count, mine.Count - calling.Count,
            [.. calling.OrderBy(a => a.ClearedAt is not null).ThenByDescending(a => Array.IndexOf(Severities, a.Severity))
                .ThenBy(a => a.AcknowledgedAt is not null).ThenByDescending(a => a.RaisedAt).ThenBy(a => a.Id, StringComparer.Ordinal)
                .Take(MostWorst).Select(Shown)]);

        int Of(string severity) => active.Count(a => a.Severity == severity);
    }

    /// <summary>What is open at once, then whenever that changes; null after a while without a change, if that is asked for.</summary>
    /// <exception cref="BusyException">Too many watch already.</exception>
    public async IAsyncEnumerable<OpenAlarmsAnswer?> Follow(TimeSpan? heartbeat, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var place = watchers.Enter();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        var (sent, alarms) = ("", "");
        var (sentAt, saidAt) = (DateTimeOffset.MinValue, time.GetUtcNow());
        using var timer = new PeriodicTimer(LookEvery, time);
        do
        {
            var now = time.GetUtcNow();
            var answer = await Run(ended.Token);
            var (all, without) = (Text(answer), Text(answer with { Worst = [.. answer.Worst.Select(w => w with { NewestValue = null })] }));
            if (without != alarms || (all != sent && now - sentAt >= ValuesEvery))
            {
                (sent, alarms, sentAt, saidAt) = (all, without, now, now);
                yield return answer;
            }
            else if (now - saidAt >= heartbeat)
            {
                saidAt = now;
                yield return null;
            }
        }
        while (await timer.WaitForNextTickAsync(ended.Token));
    }

    Task Stream(HttpContext http) => EventStreams.Send(http, Follow(EventStreams.Heartbeat, http.RequestAborted), (body, answer) =>
    {
        if (answer is null) EventStreams.WriteHeartbeat(body);
        else body.Write(Encoding.UTF8.GetBytes($"event: alarms\ndata: {Text(answer)}\n\n"));
    });

    static string Text(OpenAlarmsAnswer answer) => JsonSerializer.Serialize(answer, ApiJson.Options);

    OpenAlarm Shown(AlarmView alarm)
    {
        var twin = live.Find(alarm.AssetId);
        var (sensor, signal) = (alarm.SensorId, alarm.SignalId);
        return new(alarm, twin?.Name ?? alarm.AssetId,
            alarm.Value is null ? null
            : signal is not null ? twin?.View.Estimate?.Signals.FirstOrDefault(s => s.Id == signal)?.Mean
            : twin?.View.Sensors.FirstOrDefault(s => s.Id == sensor)?.Value);
    }

    // However many ask, the table is looked at once in a while, and read when something in it has changed.
    async Task<IReadOnlyList<AlarmView>> Look(DateTimeOffset now, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (now - lookedAt < LookEvery / 2 && now >= lookedAt) return open;
            await using var connection = await source.OpenConnectionAsync(cancel);
            await using var look = new NpgsqlCommand(
                $"select count(*), coalesce(sum(xmin::text::bigint), 0)::bigint from {ReadModels.Alarm} where {IsOpen}", connection);
            (long, long) present;
            await using (var reader = await look.ExecuteReaderAsync(cancel))
            {
                await reader.ReadAsync(cancel);
                present = (reader.GetInt64(0), reader.GetInt64(1));
            }
            lookedAt = now;
            if (present == seen) return open;
            await using var read = new NpgsqlCommand($"select view from {ReadModels.Alarm} where {IsOpen}", connection);
            await using var rows = await read.ExecuteReaderAsync(cancel);
            List<AlarmView> found = [];
            while (await rows.ReadAsync(cancel))
                found.Add(JsonSerializer.Deserialize<AlarmView>(rows.GetString(0), JsonSerializerOptions.Web)!);
            (open, seen) = (found, present);
            return open;
        }
        finally
        {
            turn.Release();
        }
    }
}

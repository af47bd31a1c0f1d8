using System.ComponentModel;
using System.Text.Json;
using Contracts.Messages;
using Npgsql;
using Query.Api;
using Query.Events;
using Query.Pasts;
using Query.Registry;
using ServiceDefaults;

namespace Query.Alarms;

/// <summary>Finds an alarm: as saved by twin-state, or as of some time, from its events.</summary>
sealed class GetAlarm(NpgsqlDataSource source, FindPast find, PastAlarms past, PastEvents events, KnownAssets assets)
{
    public static void Map(IEndpointRouteBuilder alarms) => alarms
        .MapGet("/{id}", (
            string id, GetAlarm get, [Description("The alarm as of this time, in ISO 8601.")] string? validAt,
            [Description(KnownAt.Meaning)] string? knownAt, CancellationToken cancel) =>
            get.Run(id, Input.Time("validAt", validAt), KnownAt.Parse(knownAt), cancel))
        .WithName("getAlarm").WithSummary("An alarm: when it was raised, acknowledged and cleared");

    /// <exception cref="NotFoundException">No such alarm, or none at that time.</exception>
    /// <exception cref="InvalidInputException">A time in the future, or a position after the end of the log.</exception>
    public async Task<AlarmView> Run(string id, DateTimeOffset? validAt, KnownAt? knownAt, CancellationToken cancel)
    {
        var saved = await Saved(id, cancel);
        if (validAt is null && knownAt is null) return saved;
        var moment = await find.Moment(validAt, knownAt, cancel);
        return (await past.All([saved.AssetId], moment, cancel)).GetValueOrDefault(id) ?? throw
            (moment.Includes(saved.RaisedAt)
                ? NotYet.AtPosition(
                    "alarm", id, moment, await events.First(Streams.Twin(saved.AssetId), cancel, "alarmId", id),
                    $"it was raised at {NotYet.Text(saved.RaisedAt)}")
                : NotYet.AtTime("alarm", id, moment.ValidAt, saved.RaisedAt, "validAt"));
    }

    async Task<AlarmView> Saved(string id, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select view from {ReadModels.Alarm} where alarm_id = $1");
        command.Parameters.Add(new() { Value = id });
        var alarm = await command.ExecuteScalarAsync(cancel) is string view
            ? JsonSerializer.Deserialize<AlarmView>(view, JsonSerializerOptions.Web)!
            : throw new NotFoundException("alarm", id);
        assets.Guard(alarm.AssetId, "alarm", id);
        return alarm;
    }
}

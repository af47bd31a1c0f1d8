using System.Text.Json;
using Contracts.Messages;
using Npgsql;
using ServiceDefaults;

namespace Query.Alarms;

static class GetAlarm
{
    public static void Map(IEndpointRouteBuilder alarms) => alarms
        .MapGet("/{id}", (string id, NpgsqlDataSource source, CancellationToken cancel) => Run(id, source, cancel))
        .WithName("getAlarm").WithSummary("An alarm: when it was raised, acknowledged and cleared");

    /// <exception cref="NotFoundException">No such alarm.</exception>
    public static async Task<AlarmView> Run(string id, NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select view from {ReadModels.Alarm} where alarm_id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancel) is string view
            ? JsonSerializer.Deserialize<AlarmView>(view, JsonSerializerOptions.Web)!
            : throw new NotFoundException("alarm", id);
    }
}

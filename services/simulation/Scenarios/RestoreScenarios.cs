using Contracts.Messages;
using Contracts.Scenarios;
using Marten;
using MassTransit;
using Npgsql;
using ServiceDefaults;

namespace Simulation.Scenarios;

/// <summary>Brings schema <c>simulation</c> back from the log when it is empty; what was under way starts again.</summary>
sealed partial class RestoreScenarios(ScenarioStore scenarios, IDocumentStore store, NpgsqlDataSource source, IBus bus, ILogger<RestoreScenarios> logger) : BackgroundService
{
    static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await Restore(cancel);
                return;
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogNotYet(e.Message);
            }
            await Task.Delay(TryAgainAfter, cancel);
        }
    }

    async Task Restore(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await Exists(connection, cancel)) return;
        await using var session = store.QuerySession();
        foreach (var stream in await Missing(connection, cancel))
        {
            if (FoldEvents((await session.Events.FetchStreamAsync(stream, token: cancel)).Select(e => e.Data)) is not { } scenario) continue;
            await scenarios.Save(connection, scenario, startsTime: true, cancel);
            if (!scenario.IsFinal())
                await bus.SendToScenarios(new RequestScenario(scenario.Id, scenario.Name, scenario.ModelId, scenario.ModelHash, scenario.Definition, scenario.RequestedAt), cancel);
        }
    }

    /// <summary>A scenario of its events; null when there are none.</summary>
    internal static ScenarioView? FoldEvents(IEnumerable<object> events) => events.Aggregate((ScenarioView?)null, FoldScenario.Apply);

    static async Task<bool> Exists(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select exists (select 1 from {ReadModels.Scenario})", connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    static async Task<List<string>> Missing(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select id from events.mt_streams where starts_with(id, 'scenario/')", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> streams = [];
        while (await reader.ReadAsync(cancel)) streams.Add(reader.GetString(0));
        return streams;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scenarios could not be restored from the log yet: {Reason}")]
    partial void LogNotYet(string reason);
}

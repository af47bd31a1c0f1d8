using Contracts.Decisions;
using Contracts.Messages;
using Contracts.Scenarios;
using Marten;
using MassTransit;
using Npgsql;
using ServiceDefaults;
using Simulation.Calibrations;
using Simulation.Decisions;
using Simulation.Scenarios;
using TwinModel.Calibration;
using TwinModel.Decisions;
using TwinModel.Scenarios;

namespace Simulation;

/// <summary>Restores schema <c>simulation</c> from the log if it is empty; unfinished scenarios start again.</summary>
sealed partial class RestoreFromLog(
    ScenarioStore scenarios, IDocumentStore store, NpgsqlDataSource source, IBus bus, ILogger<RestoreFromLog> logger) : BackgroundService
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
        await foreach (var events in Missing(connection, ReadModels.Scenario, Streams.Scenario(""), cancel))
        {
            if (FoldEvents(events) is not { } scenario) continue;
            await scenarios.Save(connection, scenario, startsTime: true, cancel);
            if (!scenario.IsFinal())
                await bus.SendToScenarios(
                    new RequestScenario(
                        scenario.Id, scenario.Name, scenario.ModelId, scenario.ModelHash, scenario.Definition, scenario.RequestedAt),
                            cancel);
        }
        await foreach (var events in Missing(connection, ReadModels.Decision, Streams.Decision(""), cancel))
        {
            if (events.Aggregate((DecisionView?)null, FoldDecision.Apply) is { } decision)
                await DecisionStore.Save(connection, decision, cancel);
        }
        await foreach (var events in Missing(connection, ReadModels.Calibration, Streams.Calibration(""), cancel))
        {
            var known = events.Aggregate(AssetCalibrations.None, FoldCalibration.Apply);
            if (known.Views.Values.FirstOrDefault() is not { } first) continue;
            await CalibrationStore.Save(connection, first.Definition.AssetId, known, _ => true, cancel);
            foreach (var open in known.Views.Values.Where(v => v.State == "requested"))
            {
                await bus.SendTo(QueueNames.Calibrations,
                    new RequestCalibration(open.Id, open.ModelId, open.ModelHash, open.Definition, open.RequestedBy, open.RequestedAt),
                    cancel);
            }
        }
    }

    /// <summary>A scenario folded from its events; null if there are none.</summary>
    internal static ScenarioView? FoldEvents(IEnumerable<object> events) => events.Aggregate((ScenarioView?)null, FoldScenario.Apply);

    // The events of each stream with this prefix; none if the table is not empty.
    async IAsyncEnumerable<IEnumerable<object>> Missing(
        NpgsqlConnection connection, string table, string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var session = store.QuerySession();
        foreach (var stream in await StreamsUnless(connection, table, prefix, cancel))
            yield return (await session.Events.FetchStreamAsync(stream, token: cancel)).Select(e => e.Data);
    }

    static async Task<List<string>> StreamsUnless(NpgsqlConnection connection, string table, string prefix, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select id from events.mt_streams where starts_with(id, $1) and not exists (select 1 from {table})", connection);
        command.Parameters.Add(new() { Value = prefix });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<string> streams = [];
        while (await reader.ReadAsync(cancel)) streams.Add(reader.GetString(0));
        return streams;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scenarios and decisions could not be restored from the log yet: {Reason}")]
    partial void LogNotYet(string reason);
}

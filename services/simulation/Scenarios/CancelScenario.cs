using Contracts.Events;
using Contracts.Messages;
using Contracts.Scenarios;
using MassTransit;
using ServiceDefaults;
using TwinModel.Scenarios;

namespace Simulation.Scenarios;

/// <summary>Cancels a scenario; processes computing its shards notice within moments.</summary>
sealed class CancelScenarioConsumer(ScenarioStore store, TimeProvider time) : IConsumer<CancelScenario>
{
    /// <exception cref="NotFoundException">Not requested yet: the command may have overtaken the request.</exception>
    internal static IReadOnlyList<object> Decide(ScenarioView? known, string id, double progress, DateTimeOffset now) => known switch
    {
        null => throw new NotFoundException("scenario", id),
        _ when known.IsFinal() => [],
        _ => [new ScenarioCancelled(id, Math.Max(progress, known.Progress), now)],
    };

    public Task Consume(ConsumeContext<CancelScenario> context)
    {
        var (id, cancel) = (context.Message.ScenarioId, context.CancellationToken);
        return store.Change(
            id, async locked => Decide(locked.View, id, await Progress(locked, id, cancel), time.GetUtcNow()), cancel, context.SentBy());
    }

    static async Task<double> Progress(LockedScenario locked, string id, CancellationToken cancel)
    {
        await using var command = new Npgsql.NpgsqlCommand(
            $"select coalesce(avg(progress), 0) from {ReadModels.ScenarioShard} where scenario_id = $1", locked.Connection);
        command.Parameters.Add(new() { Value = id });
        return (double)(await command.ExecuteScalarAsync(cancel))!;
    }
}

using Contracts.Messages;
using MassTransit;
using ServiceDefaults;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Simulation.Calibrations;

/// <summary>The calibrations' part of the service: a queue shared by all simulations, two tables, and the consumers.</summary>
static class CalibrationQueue
{
    public static void AddCalibrations(this IServiceCollection services) =>
        services.AddSingleton<CalibrationStore>().AddSingleton<AnswerCalibration>();

    public static void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RequestCalibrationConsumer>();
        bus.AddConsumer<AdoptCalibrationConsumer>();
        bus.AddConsumer<RollBackCalibrationConsumer>();
    }

    public static void AddEndpoint(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit) =>
        rabbit.ReceiveEndpoint(QueueNames.Calibrations, endpoint =>
    {
        endpoint.TakeFromOthers(QueueNames.Calibrations);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.SetQuorumQueue();
        // Decisions are taken while a calibration is worked on.
        endpoint.PrefetchCount = 8;
        Queues.RetryWhatMayPass(endpoint);
        endpoint.ConfigureConsumer<RequestCalibrationConsumer>(context);
        endpoint.ConfigureConsumer<AdoptCalibrationConsumer>(context);
        endpoint.ConfigureConsumer<RollBackCalibrationConsumer>(context);
    });

    public static IEnumerable<Table> Tables()
    {
        var calibration = new Table(new PostgresqlObjectName("simulation", "calibration", SchemaUtils.IdentifierUsage.General));
        calibration.AddColumn<string>("calibration_id").AsPrimaryKey();
        calibration.AddColumn("asset_id", "text").NotNull();
        calibration.AddColumn("state", "text").NotNull();
        calibration.AddColumn("requested_at", "timestamp with time zone").NotNull();
        calibration.AddColumn("view", "jsonb").NotNull();
        calibration.Indexes.Add(new IndexDefinition("calibration_by_asset") { Columns = ["asset_id", "requested_at"] });
        calibration.Indexes.Add(new IndexDefinition("calibration_by_time") { Columns = ["requested_at"] });
        yield return calibration;

        var asset = new Table(new PostgresqlObjectName("simulation", "calibrated_asset", SchemaUtils.IdentifierUsage.General));
        asset.AddColumn<string>("asset_id").AsPrimaryKey();
        asset.AddColumn("calibration_id", "text");
        yield return asset;
    }
}

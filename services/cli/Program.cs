using System.CommandLine;
using Cli;
using Cli.Calibrations;
using Cli.Devices;
using Cli.Drills;
using Cli.Lifetimes;
using Cli.Lineages;
using Cli.Models;
using Cli.NewAssets;
using Cli.Recordings;
using Cli.Scenarios;
using Cli.Seals;
using Cli.Twins;
using ServiceDefaults;
using ServiceDefaults.Seals;

var root = new RootCommand(
    "Pollux from the command line. Settings: Services__Query (default http://127.0.0.1:5100), ConnectionStrings__Mqtt; "
        + "for verify, export, archive, forget and restore-days ConnectionStrings__Postgres, Seals__Keys. Commands are recorded with "
        + "POLLUX_ACTOR (default the user of this session) and POLLUX_REASON.")
{
    ReplayRecording.Command(),
    ReplayLog.Command(),
    RebuildTwins.Command(),
    ShowStatus.Command(),
    AskWhatIf.Command(),
    AskDecision.Command(),
    AskCalibration.Command(),
    ShowLineage.Command(),
    LiveLifetime.Command(),
    FailedMessages.Command(),
    VerifyLog.Command(),
    ExportDays.Command(),
    ArchiveDays.Command(),
    ForgetDays.Command(),
    RestoreDays.Command(),
    MakeKey.Command(),
    PrintDeviceTopics.Command(),
    NewAsset.Command(),
    PutModel.Command(),
    NoteTwins.Command(),
    CompareTwins.Command(),
};
try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (
    e is QueryException or HttpRequestException or IOException or InvalidDataException or RuleViolationException
        or DroppedReadingsException or DamagedArchiveException or MQTTnet.Exceptions.MqttCommunicationException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (InvalidInputException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (Npgsql.PostgresException e) when (e.SqlState == Npgsql.PostgresErrorCodes.DiskFull)
{
    await Console.Error.WriteLineAsync(
        $"PostgreSQL has no space left ({e.MessageText}). What was not finished was undone; make space and run it again.");
    return 1;
}
catch (Npgsql.NpgsqlException e)
{
    await Console.Error.WriteLineAsync($"The log cannot be read: {e.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}

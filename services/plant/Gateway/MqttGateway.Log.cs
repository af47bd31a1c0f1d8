namespace Plant.Gateway;

sealed partial class MqttGateway
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to {Host}:{Port} with {Buffered} frames to send")]
    partial void LogConnected(string host, int port, int buffered);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No connection to {Host}:{Port}: {Reason}")]
    partial void LogDisconnected(string host, int port, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Executed command {Command}")]
    partial void LogCommand(string command);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a command: {Reason}")]
    partial void LogRefusedCommand(string reason);
}

using System.Net.Sockets;
using JasperFx.Events;
using MassTransit;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace ServiceDefaults;

/// <summary>
/// Why a write to the log failed, judged by type and SQL state, never by message text, which varies with version and language.
/// </summary>
public static class StoreFaults
{
    // Raised by Marten's append function.
    const string WrongStreamVersion = "MT003";

    /// <summary>Another writer got to the same stream or row first; read it again.</summary>
    public static bool IsConflict(Exception exception) =>
        exception is EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException or JasperFx.ConcurrencyException
        || ServerFault(exception) is { SqlState: PostgresErrorCodes.UniqueViolation or WrongStreamVersion };

    /// <summary>
    /// The written data is at fault, so that the same write always fails: the server refuses a value (SQL state classes 22 and 23, 54 for
    /// limits), or the value cannot even be sent. False for every fault that may pass: connections, time-outs, locks, a full disk, a schema
    /// that does not exist yet.
    /// </summary>
    public static bool IsPermanent(Exception exception)
    {
        if (IsConflict(exception)) return false;
        if (ServerFault(exception) is { } fault) return fault.SqlState[..2] is "22" or "23" or "54";
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is NpgsqlException or TimeoutException or IOException or SocketException or OperationCanceledException
                or OutOfMemoryException or ObjectDisposedException
                or MassTransitException or RabbitMQClientException or UnavailableException or BusyException) return false;
        }
        return true;
    }

    /// <summary>Human-readable reason from the server or the library.</summary>
    public static string Reason(Exception exception) =>
        ServerFault(exception) is { } fault
            ? $"{fault.SqlState}: {fault.MessageText}"
            : $"{exception.GetBaseException().GetType().Name}: {exception.GetBaseException().Message}";

    // Marten wraps exceptions of Npgsql.
    static PostgresException? ServerFault(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            if (e is PostgresException fault) return fault;
        return null;
    }

    /// <summary>How long to wait before retrying a failed step: 0.1 s, doubling up to 5 s.</summary>
    /// <param name="attempt">0 for the first.</param>
    public static TimeSpan PauseAfter(int attempt) => TimeSpan.FromMilliseconds(Math.Min(5_000, 100 * Math.Pow(2, Math.Min(attempt, 10))));
}

using ServiceDefaults;

namespace Identity.Accounts;

/// <summary>The accounts as they are now: a change of the file takes effect with the next question.</summary>
sealed partial class AccountFile
{
    public const string FileName = "accounts.json";

    readonly string path;
    readonly Lock gate = new();
    (DateTime Written, AccountList List) read;

    /// <exception cref="InvalidSettingException">There are no accounts, or they are not understood.</exception>
    public AccountFile(string directory)
    {
        path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            throw new InvalidSettingException(
                "Identity:Directory", directory, $"a directory with {FileName}, as 'Identity make-accounts' makes it");
        try
        {
            read = (File.GetLastWriteTimeUtc(path), ReadAccounts.Of(File.ReadAllText(path)));
        }
        catch (Exception e) when (e is InvalidAccountsException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException("Identity:Directory", directory, $"{FileName} that is understood. {e.Message}".TrimEnd('.'));
        }
    }

    /// <summary>The accounts; those before a change that is not understood.</summary>
    public AccountList Now(ILogger log)
    {
        lock (gate)
        {
            // A file that is missing for a moment has the time 1601.
            var written = File.GetLastWriteTimeUtc(path);
            if (written == read.Written) return read.List;
            try
            {
                read = (written, ReadAccounts.Of(File.ReadAllText(path)));
                LogRead(log, read.List.Users.Count, read.List.Clients.Count);
            }
            catch (Exception e) when (e is InvalidAccountsException or IOException or UnauthorizedAccessException)
            {
                // Said once for each change.
                read.Written = written;
                LogRefused(log, e.Message);
            }
            return read.List;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Accounts read: {Users} users, {Clients} clients")]
    static partial void LogRead(ILogger log, int users, int clients);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "The accounts were changed and are not understood; those before stay in force. {Reason}")]
    static partial void LogRefused(ILogger log, string reason);
}

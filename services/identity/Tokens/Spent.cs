using System.Collections.Concurrent;
using System.Globalization;

namespace Identity.Tokens;

/// <summary>
/// What must not be used again: exchanged codes, refresh tokens, and sessions that have ended. A file beside the key remembers it over a
/// restart. One replica issues.
/// </summary>
sealed class Spent : IDisposable
{
    public const string FileName = "spent";

    // Then lines that have expired are left out.
    const int MostLines = 100_000;

    readonly ConcurrentDictionary<string, DateTimeOffset> until = new();
    readonly Lock gate = new();
    readonly TimeProvider time;
    readonly string path;
    FileStream file;
    int lines;

    public Spent(TimeProvider time, IdentitySettings settings)
    {
        this.time = time;
        path = Path.Combine(settings.Directory, FileName);
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : []) Read(line);
        file = Rewrite();
    }

    // The last line may be half of one, of a process that was killed.
    void Read(string line)
    {
        if (line.Split(' ') is [var seconds, { Length: > 0 } what] && long.TryParse(seconds, CultureInfo.InvariantCulture, out var end))
            until[what] = DateTimeOffset.FromUnixTimeSeconds(end);
    }

    /// <summary>False if it was spent before.</summary>
    public bool Spend(string what, TimeSpan lifetime)
    {
        lock (gate)
        {
            if (IsSpent(what)) return false;
            var end = time.GetUtcNow() + lifetime;
            if (lines >= MostLines)
            {
                file.Dispose();
                file = Rewrite();
            }
            Write(file, what, end);
            // Whoever is told that it has ended may rely on it.
            file.Flush(flushToDisk: true);
            until[what] = end;
            return true;
        }
    }

    public bool IsSpent(string what) => until.TryGetValue(what, out var end) && end > time.GetUtcNow();

    // Written beside and renamed, so that nothing is forgotten if this is interrupted.
    FileStream Rewrite()
    {
        var now = time.GetUtcNow();
        foreach (var (what, end) in until)
        {
            if (end <= now) until.TryRemove(what, out _);
        }
        var beside = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var written = new FileStream(beside, options);
        lines = 0;
        foreach (var (what, end) in until) Write(written, what, end);
        written.Flush(flushToDisk: true);
        File.Move(beside, path, overwrite: true);
        return written;
    }

    void Write(FileStream to, string what, DateTimeOffset end)
    {
        // Rounded up.
        to.Write(System.Text.Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{end.ToUnixTimeSeconds() + 1} {what}\n")));
        lines++;
    }

    public void Dispose() => file.Dispose();
}

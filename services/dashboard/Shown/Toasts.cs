namespace Dashboard.Shown;

/// <summary>A short message about what the user has just done.</summary>
sealed record Toast(string Text, bool IsFailure);

/// <summary>The messages of one page; each leaves by itself.</summary>
sealed class Toasts(TimeProvider time)
{
    // Who must read why something failed needs longer.
    static readonly TimeSpan Short = TimeSpan.FromSeconds(5), Long = TimeSpan.FromSeconds(20);

    readonly Lock gate = new();
    List<Toast> shown = [];

    /// <summary>Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Toast> Shown => shown;

    public void Say(string text) => Show(new(text, false), Short);

    public void Fail(string text) => Show(new(text, true), Long);

    public void Close(Toast toast) => Change(now => [.. now.Where(t => !ReferenceEquals(t, toast))]);

    void Show(Toast toast, TimeSpan howLong)
    {
        Change(now => [.. now, toast]);
        _ = CloseLater();

        async Task CloseLater()
        {
            await Task.Delay(howLong, time);
            Close(toast);
        }
    }

    void Change(Func<List<Toast>, List<Toast>> change)
    {
        lock (gate) shown = change(shown);
        Changed?.Invoke();
    }
}

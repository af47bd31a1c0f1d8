using Dashboard.SignIn;
using Microsoft.JSInterop;

namespace Dashboard.Shown;

/// <summary>Settings of one browser: time zone, theme, the machine last looked at.</summary>
sealed class Browser(IJSRuntime js, Visitor visitor) : IDisposable
{
    sealed record Preferences(string Zone, int OffsetMinutes, string? Theme, bool SystemIsDark, string? Asset, string? Name);

    DotNetObjectReference<Browser>? self;

    /// <summary>Raised when the theme or asset changes.</summary>
    public event Action? Changed;

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public bool IsDark { get; private set; }

    public string? Asset { get; private set; }

    /// <summary>Name used for acknowledging and deciding: who signed in, or as last typed; recorded with every command.</summary>
    public string? Name => visitor.Name;

    /// <summary>The issuer says who it is: the name is not for typing.</summary>
    public bool IsNameProven => visitor.IsProven;

    /// <summary>Whether whoever uses this browser may ask for an operation; query has the last word.</summary>
    public bool May(string operation) => visitor.May(operation);

    public bool IsKnown { get; private set; }

    /// <summary>Reads the settings from the browser, once.</summary>
    public async Task Read()
    {
        if (IsKnown) return;
        self = DotNetObjectReference.Create(this);
        var preferences = await js.InvokeAsync<Preferences>("pollux.preferences", self);
        Zone = TimeZoneInfo.TryFindSystemTimeZoneById(preferences.Zone, out var zone)
            ? zone
            // A system without time zone data falls back to the browser's present offset.
            : TimeZoneInfo.CreateCustomTimeZone(
                preferences.Zone, TimeSpan.FromMinutes(preferences.OffsetMinutes), preferences.Zone, preferences.Zone);
        IsDark = preferences.Theme is { } chosen ? chosen == "dark" : preferences.SystemIsDark;
        Asset ??= preferences.Asset;
        visitor.Type(preferences.Name);
        IsKnown = true;
    }

    public async Task SetDark(bool isDark)
    {
        IsDark = isDark;
        await Remember("theme", isDark ? "dark" : "light");
        Changed?.Invoke();
    }

    /// <summary>The system's theme changed while the user had chosen none here.</summary>
    [JSInvokable]
    public void SystemChanged(bool isDark)
    {
        IsDark = isDark;
        Changed?.Invoke();
    }

    public async Task SetName(string name)
    {
        if (name == Name) return;
        visitor.Type(name);
        await Remember("name", name);
    }

    /// <summary>Remembers the machine a page shows.</summary>
    public async Task Visit(string asset)
    {
        if (asset == Asset) return;
        Asset = asset;
        Changed?.Invoke();
        await Remember("asset", asset);
    }

    async Task Remember(string key, string value)
    {
        try
        {
            await js.InvokeVoidAsync("pollux.remember", key, value);
        }
        catch (JSDisconnectedException)
        {
            // The user left; there is no browser to remember it.
        }
    }

    public void Dispose() => self?.Dispose();
}

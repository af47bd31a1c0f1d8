using Dashboard.Shown;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using MudBlazor.Services;

namespace Dashboard.Shell;

/// <summary>Registers Blazor, MudBlazor and per-browser state.</summary>
static class ShellSetup
{
    // Published next to the assembly; not named after the service.
    const string StaticAssets = "Dashboard.staticwebassets.endpoints.json";

    public static void AddShell(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents()
            // A model's text in one message: the characters of the longest one, and what JSON makes of them.
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = 2 << 20);
        // Cookies do not know ports: another system on this machine has another name.
        builder.Services.AddAntiforgery(forms => (forms.Cookie.Name, forms.Cookie.SecurePolicy) = (
            $"pollux-dashboard-{builder.Configuration["Ports:Http"]}-forms", CookieSecurePolicy.SameAsRequest));
        builder.Services.AddOptions<CircuitOptions>().Configure<IOptions<DashboardSettings>>((circuits, settings) =>
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromSeconds(settings.Value.KeepPageSeconds));
        // A page lives in one process, so the keys need not outlive it.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddMudServices();
        builder.Services.AddScoped<Browser>().AddScoped<Toasts>().AddScoped<KnownThings>();
    }

    public static void UseShell(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute(NotFoundPage.Address, createScopeForStatusCodePages: true);
        app.UseAntiforgery();
        app.MapStaticAssets(StaticAssets).AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(
            // PagePolicy says it for every answer.
            circuits => circuits.ContentSecurityFrameAncestorsPolicy = null).WithStaticAssets(StaticAssets);
    }
}

using JasperFx;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults;

/// <summary>Hosts the service: background work and commands.</summary>
public static class Hosting
{
    /// <summary>
    /// Begins to set up a service. Its content lies next to the assembly, wherever the process is started: the current folder may hold the
    /// data of servers, and whatever they write there would wake the watcher of settings files.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Registers one instance both under its own type and as a hosted service.</summary>
    public static IServiceCollection AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService => services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());

    /// <summary>
    /// Runs the service, or one of Marten's commands, e.g. <c>db-apply</c>. A service does not load what only commands need.
    /// </summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunOrCommand(this WebApplication app, string[] args)
    {
        // An argument that begins with a dash is a setting.
        if (args is [not ['-', ..], ..])
        {
            // The command disposes of the application.
            var owner = app.Configuration.GetConnectionString("Postgres");
            var code = await app.RunJasperFxCommands(args);
            // Tables and the rights to them are made by the same command.
            if (code == 0 && args[0] == "db-apply") await Rights.Grant(owner!);
            return code;
        }
        await app.RunAsync();
        return 0;
    }
}

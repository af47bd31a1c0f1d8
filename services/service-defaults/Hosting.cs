using JasperFx;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServiceDefaults;

/// <summary>Registration of background work that others also call.</summary>
public static class Hosting
{
    /// <summary>Registers one instance, both as itself and as hosted service.</summary>
    public static IServiceCollection AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService => services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());

    /// <summary>
    /// Runs the service, or a command of Marten's, e.g. <c>db-apply</c>. A service does not load what only commands need.
    /// </summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunOrCommand(this WebApplication app, string[] args)
    {
        // What begins with a dash is a setting on the command line.
        if (args is [not ['-', ..], ..]) return await app.RunJasperFxCommands(args);
        await app.RunAsync();
        return 0;
    }
}

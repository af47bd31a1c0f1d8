using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cluster;

/// <summary>Ends the process of a replica that the others declared dead: they own its assets now.</summary>
sealed partial class DeclaredDead
{
    /// <summary>EX_SOFTWARE of sysexits.h.</summary>
    public const int ExitCode = 70;

    readonly ILogger<DeclaredDead> logger;
    int isStopped;

    public DeclaredDead(ILoggerFactory logs, ILogger<DeclaredDead> logger)
    {
        this.logger = logger;
        Exit = code =>
        {
            // Prints what is still queued.
            logs.Dispose();
            Environment.Exit(code);
        };
    }

    /// <summary>Tests replace it: several members live in their process.</summary>
    public Action<int> Exit { get; set; }

    public void Stop()
    {
        if (Interlocked.Exchange(ref isStopped, 1) == 1) return;
        LogDeclaredDead();
        Exit(ExitCode);
    }

    [LoggerMessage(LogLevel.Error, "This replica was declared dead by the others, probably because it did not run for a while; it stops "
        + "and has to be started again")]
    partial void LogDeclaredDead();

    /// <summary>Without this, Orleans aborts the process with a stack trace.</summary>
    public static void ReplaceHandler(IServiceCollection services)
    {
        var original = services.Single(s => s.ServiceType == typeof(IFatalErrorHandler));
        services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler>(provider => new Handler(
            provider.GetRequiredService<DeclaredDead>(),
            (IFatalErrorHandler)ActivatorUtilities.CreateInstance(provider, original.ImplementationType!))));
    }

    sealed class Handler(DeclaredDead death, IFatalErrorHandler original) : IFatalErrorHandler
    {
        public bool IsUnexpected(Exception exception) => original.IsUnexpected(exception);

        public void OnFatalException(object? sender, string? context, Exception? exception)
        {
            // Without an exception, the table or another member says that this one is dead.
            if (exception is null) death.Stop();
            else original.OnFatalException(sender, context, exception);
        }
    }
}

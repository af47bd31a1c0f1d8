using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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

    /// <summary>
    /// Orleans tells its own handler, which aborts the process with a stack trace and cannot be replaced by other means: its interface is
    /// internal.
    /// </summary>
    public static void ReplaceHandler(IServiceCollection services)
    {
        var handler = services.Single(s => s.ServiceType.FullName == "Orleans.Runtime.MembershipService.IFatalErrorHandler");
        services.Remove(handler);
        services.AddSingleton(handler.ServiceType, provider =>
        {
            var proxy = DispatchProxy.Create(handler.ServiceType, typeof(Handler));
            ((Handler)proxy).Death = provider.GetRequiredService<DeclaredDead>();
            ((Handler)proxy).Original = ActivatorUtilities.CreateInstance(provider, handler.ImplementationType!);
            return proxy;
        });
    }

    internal class Handler : DispatchProxy
    {
        public DeclaredDead Death { get; set; } = null!;

        public object Original { get; set; } = null!;

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            // Without an exception, a table or a message says that this member is dead.
            if (method!.Name != "OnFatalException" || arguments![^1] is not null) return method.Invoke(Original, arguments);
            Death.Stop();
            return null;
        }
    }
}

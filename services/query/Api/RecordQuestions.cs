using Contracts.Events;
using Contracts.Messages;
using Google.Protobuf;
using MassTransit;
using ServiceDefaults;
using ServiceDefaults.Access;
using TwinModel.Access;

namespace Query.Api;

/// <summary>
/// What auditors ask about the past, and what they look at in the log, is recorded before it is answered; what cannot be recorded is not
/// answered.
/// </summary>
sealed class RecordQuestions(IBus bus, TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly string[] OfTime = ["validAt", "knownAt", "from", "to", "fromKnownAt", "toKnownAt", "after"];

    /// <summary>Over REST.</summary>
    /// <exception cref="UnavailableException">It cannot be recorded.</exception>
    public Task Http(HttpContext context, CancellationToken cancel) => CheckAccess.OperationOf(context.GetEndpoint()) is { } operation
        && Concerns(operation, () => OfTime.Any(context.Request.Query.ContainsKey))
            ? Send(operation, $"{context.Request.Path}{context.Request.QueryString}", cancel)
            : Task.CompletedTask;

    /// <summary>Over gRPC.</summary>
    /// <exception cref="UnavailableException">It cannot be recorded.</exception>
    public Task Rpc(string method, IMessage request, CancellationToken cancel) => Concerns(
        method, () => request.Descriptor.Fields.InFieldNumberOrder()
            .Any(f => OfTime.Any(t => f.JsonName.StartsWith(t, StringComparison.Ordinal)) && !IsDefault(f.Accessor.GetValue(request))))
            ? Send(method, Shown(request), cancel)
            : Task.CompletedTask;

    // Not the formatter that others read JSON of, which throws for times that are none.
    internal static string Shown(IMessage request) => JsonFormatter.ToDiagnosticString(request);

    static bool Concerns(string operation, Func<bool> isAboutThePast) =>
        Caller.Current is { Subject: { } subject, Needs: Right.Read } && subject.Roles.Contains("auditor")
            && (AccessTable.IsExamining(operation) || isAboutThePast());

    static bool IsDefault(object? value) => value is null or "" or 0L or 0 or false;

    async Task Send(string operation, string question, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        QuestionAsked asked = new(
            Guid.CreateVersion7(now).ToString(), Caller.Current.Tenant, operation,
            ShownText.Of(question, QuestionAsked.LongestQuestion), now);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            await bus.SendTo(QueueNames.Registrations, new RecordQuestion(asked), limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new UnavailableException("What an auditor asks is recorded, and RabbitMQ cannot be reached for that; try again.");
        }
    }
}

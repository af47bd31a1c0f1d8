using System.Collections.Concurrent;
using Contracts.Messages;
using MassTransit;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Passes the reason for which a receiver refused a command to the waiting caller, who would otherwise see a timeout.</summary>
sealed class CommandFaults
{
    // Nothing announces that an effect is in the log, so it is polled; news about the subject only triggers an earlier look.
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    // By caller: two may wait for equal commands.
    readonly ConcurrentDictionary<TaskCompletionSource<string>, object> waiting = new();

    /// <summary>Sends a command and waits until its effect is visible, it is refused, or the time is up.</summary>
    /// <param name="command">The command; a fault is matched to its caller by equality of the command.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="isVisible">Checks whether the effect is visible.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancel">Cancelled when the caller leaves.</param>
    /// <param name="news">The next news about the command's subject, which triggers a check at once; null: only poll.</param>
    /// <returns>False if the time was up first.</returns>
    /// <exception cref="RuleViolationException">The receiver refused the command.</exception>
    public async Task<bool> Await(
        object command, Func<CancellationToken, Task> send, Func<CancellationToken, Task<bool>> isVisible, TimeSpan limit,
        CancellationToken cancel, Func<Task>? news = null)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(limit);
        var caller = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[caller] = Identity(command);
        var refused = caller.Task;
        try
        {
            try
            {
                await send(time.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw NoBroker();
            }
            var visible = Look(isVisible, news, time.Token);
            var first = await Task.WhenAny(visible, refused);
            if (first == refused) throw new RuleViolationException(await refused);
            await visible;
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            waiting.TryRemove(caller, out _);
            await time.CancelAsync();
        }
    }

    public static TimeoutException NoBroker() =>
        new("The message broker cannot be reached, so the command was probably not accepted. It is safe to repeat it.");

    static async Task Look(Func<CancellationToken, Task<bool>> isVisible, Func<Task>? news, CancellationToken cancel)
    {
        while (true)
        {
            var next = news?.Invoke();
            if (await isVisible(cancel)) return;
            var pause = Task.Delay(LookEvery, cancel);
            await (next is null ? pause : await Task.WhenAny(next, pause));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Records that a receiver refused a command.</summary>
    public void Refuse(object command, string reason)
    {
        foreach (var (caller, _) in waiting.Where(w => w.Value.Equals(Identity(command)))) caller.TrySetResult(reason);
    }

    // A record with a list in it equals no copy of itself.
    static object Identity(object command) => command is CorrectReadings correct ? correct.Correction.CorrectionId : command;
}

/// <summary>Takes the faults of commands.</summary>
sealed class TakeFault<T>(CommandFaults faults) : IConsumer<Fault<T>>
    where T : class
{
    public Task Consume(ConsumeContext<Fault<T>> context)
    {
        faults.Refuse(context.Message.Message, context.Message.Exceptions.FirstOrDefault()?.Message ?? "The command failed.");
        return Task.CompletedTask;
    }
}

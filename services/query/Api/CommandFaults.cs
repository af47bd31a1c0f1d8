using System.Collections.Concurrent;
using MassTransit;
using ServiceDefaults;

namespace Query.Api;

/// <summary>Commands that their receiver refused, so that a waiting caller hears the reason instead of a timeout.</summary>
sealed class CommandFaults
{
    // What a command leads to is looked for in the log: nobody says when it is there, but some news may come with it.
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    readonly ConcurrentDictionary<object, TaskCompletionSource<string>> waiting = new();

    /// <summary>Sends a command and waits until it shows its effect, is refused, or the time is up.</summary>
    /// <param name="command">The command; its equality tells whose fault it is.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="isVisible">Looks whether the effect is there.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancel">The caller left.</param>
    /// <param name="news">The next news of what the command is about: it is worth looking at once. Null: there is none.</param>
    /// <returns>False when the time was up first.</returns>
    /// <exception cref="RuleViolationException">The receiver refused the command.</exception>
    public async Task<bool> Await(
        object command, Func<CancellationToken, Task> send, Func<CancellationToken, Task<bool>> isVisible, TimeSpan limit,
        CancellationToken cancel, Func<Task>? news = null)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(limit);
        var refused = waiting.GetOrAdd(command, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        try
        {
            try
            {
                await send(time.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new TimeoutException(
                    "The message broker cannot be reached, so the command was hardly taken. Repeating it is harmless.");
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
            waiting.TryRemove(command, out _);
            await time.CancelAsync();
        }
    }

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

    /// <summary>A receiver refused a command.</summary>
    public void Refuse(object command, string reason)
    {
        if (waiting.TryGetValue(command, out var caller)) caller.TrySetResult(reason);
    }
}

/// <summary>Takes the news that a command failed at its receiver.</summary>
sealed class TakeFault<T>(CommandFaults faults) : IConsumer<Fault<T>>
    where T : class
{
    public Task Consume(ConsumeContext<Fault<T>> context)
    {
        faults.Refuse(context.Message.Message, context.Message.Exceptions.FirstOrDefault()?.Message ?? "The command failed.");
        return Task.CompletedTask;
    }
}

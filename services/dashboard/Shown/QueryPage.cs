using Dashboard.Live;
using Grpc.Core;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Shown;

/// <summary>A page that loads from query, keeps the error, and loads again when query is back.</summary>
public abstract class QueryPage : ComponentBase, IDisposable
{
    static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource left = new();
    CancellationTokenSource? running;

    [Inject]
    internal QueryConnection Connection { get; set; } = null!;

    [Inject]
    internal Browser Browser { get; set; } = null!;

    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    protected Trouble? Trouble { get; private set; }

    protected bool IsLoading { get; private set; } = true;

    /// <summary>Cancelled when the user leaves the page.</summary>
    protected CancellationToken Left => left.Token;

    /// <summary>What the page loads, for error texts, e.g. <c>machine 'x'</c>.</summary>
    protected abstract string What { get; }

    /// <summary>Loads everything the page needs; called again by <see cref="Reload"/> and when query is back.</summary>
    protected abstract Task Load(CancellationToken cancel);

    protected override void OnInitialized() => Connection.Changed += OnConnectionChanged;

    /// <summary>Loads, cancelling any load in progress.</summary>
    protected async Task Reload()
    {
        running?.Cancel();
        var mine = running = CancellationTokenSource.CreateLinkedTokenSource(left.Token);
        IsLoading = true;
        try
        {
            await Load(mine.Token);
            Trouble = null;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException && mine.IsCancellationRequested)
        {
            return;
        }
        catch (RpcException e)
        {
            Trouble = Trouble.Of(e, What);
            // query is up but has not read its assets yet: no connection change will follow, so poll.
            if (e.StatusCode == StatusCode.Unavailable && Connection.IsUp) Run(AskAgain, mine.Token);
        }
        IsLoading = false;
        StateHasChanged();
    }

    /// <summary>True while a command is on its way.</summary>
    protected bool IsSending { get; private set; }

    /// <summary>Sends a command, and reports what is wrong with it; null: nothing, or not known yet.</summary>
    private protected async Task Try(Func<Task> work, Action<string?> report)
    {
        report(null);
        IsSending = true;
        try
        {
            await work();
        }
        catch (RpcException e) when (!Left.IsCancellationRequested)
        {
            report(Trouble.Of(e, What).Text);
        }
        catch (RpcException)
        {
            // The user left the page.
        }
        IsSending = false;
    }

    async Task AskAgain(CancellationToken cancel)
    {
        await Task.Delay(AskAgainAfter, Time, cancel);
        await InvokeAsync(OnQueryIsBack);
    }

    /// <summary>Called when query is back; reloads after an error, and pages may refresh what they show.</summary>
    protected virtual Task OnQueryIsBack() => Trouble?.HealsItself == true ? Reload() : Task.CompletedTask;

    void OnConnectionChanged() =>
        InvokeAsync(() => Connection.IsUp && !left.IsCancellationRequested ? OnQueryIsBack() : Task.CompletedTask);

    public void Dispose()
    {
        Connection.Changed -= OnConnectionChanged;
        left.Cancel();
        Leave();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Runs a loop beside the page until it is cancelled. If the loop fails, so does the page: it must not go on showing old values as if
    /// they were live.
    /// </summary>
    private protected async void Run(Func<CancellationToken, Task> loop, CancellationToken cancel)
    {
        try
        {
            await loop(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The user left the page or chose something else.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }

    /// <summary>Called when the user leaves the page.</summary>
    protected virtual void Leave()
    {
    }
}

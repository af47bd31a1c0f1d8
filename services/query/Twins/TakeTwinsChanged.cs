using System.Diagnostics;
using Contracts.Messages;
using MassTransit;

namespace Query.Twins;

/// <summary>Takes new views. Lost, duplicate or reordered messages do no harm: the newest view wins.</summary>
sealed class TakeTwinsChanged(LiveTwins twins) : IConsumer<TwinsChanged>
{
    static readonly ActivitySource Traces = new("query");

    public Task Consume(ConsumeContext<TwinsChanged> context)
    {
        foreach (var view in context.Message.Twins)
        {
            if (!twins.Offer(new OfferedView(view)) || !Traces.HasListeners()
                || !ActivityContext.TryParse(view.TraceParent, null, isRemote: true, out var origin)) continue;
            // The parent is the reading, not the message: one trace covers the path from the device's publish to the moment the API shows
            // it.
            ActivityLink[] links = Activity.Current is { } message ? [new(message.Context)] : [];
            using var activity = Traces.StartActivity("twin shown", ActivityKind.Consumer, origin, links: links);
            activity?.SetTag("pollux.asset", view.AssetId).SetTag("pollux.position", view.Position);
        }
        return Task.CompletedTask;
    }
}

using System.Diagnostics;
using JasperFx.Events;
using Marten;
using MassTransit;

namespace ServiceDefaults;

/// <summary>Carries the <see cref="Caller"/> in headers of messages, and writes it into headers of events.</summary>
public static class CallerMetadata
{
    /// <summary>Header of an event, and of a message, with the caller's name.</summary>
    public const string Actor = "actor";

    /// <summary>Header of an event, and of a message, with the reason.</summary>
    public const string Reason = "reason";

    /// <summary>Header of an event, and of a message, with the address that the caller asked from.</summary>
    public const string Address = "address";

    /// <summary>An event's actor in SQL, in the spelling of the index <see cref="ActorIndex"/>; it serves no other.</summary>
    public const string ActorInSql = $"headers ->> '{Actor}'";

    /// <summary>Every message that is sent carries the caller of the request that it follows from.</summary>
    internal static void SendCaller(this IBusFactoryConfigurator bus) => bus.ConfigureSend(send => send.UseExecute(context =>
    {
        if (Caller.Current.Actor is { } actor) context.Headers.Set(Actor, actor);
        if (Caller.Current.Reason is { } reason) context.Headers.Set(Reason, reason);
        if (Caller.Current.Address is { } address) context.Headers.Set(Address, address);
    }));

    /// <summary>Whose request a message follows from.</summary>
    public static Caller SentBy(this MessageContext message) =>
        new(message.Headers.Get<string>(Actor), message.Headers.Get<string>(Reason)) { Address = message.Headers.Get<string>(Address) };

    /// <summary>All events that the session appends say who asked for them, and name the present trace.</summary>
    public static void Stamp(this IDocumentSession session, Caller? caller)
    {
        if (Activity.Current?.Id is { } trace) session.SetHeader("traceparent", trace);
        if (caller?.Actor is { } actor) session.SetHeader(Actor, actor);
        if (caller?.Reason is { } reason) session.SetHeader(Reason, reason);
        if (caller?.Address is { } address) session.SetHeader(Address, address);
    }

    /// <summary>The event says who asked for it.</summary>
    public static IEvent By(this IEvent e, Caller? caller)
    {
        if (caller?.Actor is { } actor) e.SetHeader(Actor, actor);
        if (caller?.Reason is { } reason) e.SetHeader(Reason, reason);
        if (caller?.Address is { } address) e.SetHeader(Address, address);
        return e;
    }
}

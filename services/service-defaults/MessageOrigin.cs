using System.Globalization;
using System.Text.Json.Nodes;
using TwinModel.Telemetry;

namespace ServiceDefaults;

/// <summary>
/// Where readings in an event come from: a message or an import. Kept in the event's header <see cref="Header"/> as text,
/// <c>{source}#{client}@{microseconds}</c>; neither topics nor sources of imports may hold <c>#</c>.
/// </summary>
/// <param name="Source">MQTT topic, or the source of an import.</param>
/// <param name="Client">What the message calls its sender (user property <c>client</c>); null if it does not.</param>
/// <param name="ReceivedAt">When ingest received the first message of this source; null for imports.</param>
public sealed record MessageOrigin(string Source, string? Client, DateTimeOffset? ReceivedAt)
{
    /// <summary>Header of an event: a list, of which each source is in at most once.</summary>
    public const string Header = "from";

    /// <summary>User property of an MQTT message with the name of its sender, since brokers do not pass on client ids.</summary>
    public const string ClientProperty = "client";

    /// <summary>An event names no more sources; its first one is always among them.</summary>
    public const int MostPerEvent = 4;

    // Together with MostPerEvent, bounds what an event of a few readings costs.
    const int LongestSource = 200;
    const int LongestClient = 64;

    /// <summary>The distinct sources of an event.</summary>
    public static string[] Texts(IEnumerable<MessageOrigin> origins) =>
        [.. origins.DistinctBy(o => (o.Source, o.Client)).Take(MostPerEvent).Select(o => o.ToString())];

    /// <summary>What the headers of an event say.</summary>
    public static IReadOnlyList<MessageOrigin> Of(JsonObject headers) =>
        headers[Header] is JsonArray texts ? [.. texts.Select(t => Parse(t?.ToString() ?? ""))] : [];

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Shorten(Source, LongestSource)}{(Client is null ? "" : $"#{Shorten(Client, LongestClient)}")}{(ReceivedAt is { } at
            ? $"@{Micros.From(at)}" : "")}");

    /// <summary>Reads <see cref="ToString"/>.</summary>
    public static MessageOrigin Parse(string text)
    {
        DateTimeOffset? received = null;
        if (text.LastIndexOf('@') is >= 0 and var at
            && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var micros))
            (text, received) = (text[..at], Micros.ToTime(micros));
        return text.IndexOf('#', StringComparison.Ordinal) is >= 0 and var client
            ? new(text[..client], text[(client + 1)..], received)
            : new(text, null, received);
    }

    static string Shorten(string text, int longest) => text.Length <= longest ? text : $"{text[..(longest - 1)]}…";
}
